package dev.cascade.cron.mcp;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import tools.jackson.databind.json.JsonMapper;

import dev.cascade.jobs.Problems;
import dev.cascade.jobs.ReportJson;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.jobs.RunReport;

/// Answers an agent that speaks the Model Context Protocol over two streams, until the first one ends.
///
/// A call that cannot be done is answered by an error that says what to do; it never ends the server.
public final class AgentServer {

    private static final String INSTRUCTIONS = """
            Cascade keeps a search index over a tree of Markdown files: notes, or the memory of agents. \
            Search first, then `get` what you want to read whole. Trust a hit as far as `freshness` and \
            `stale` say; after you changed a file, call `sync` or search with sync=true.""";

    private final McpJsonMapper json = new JacksonMcpJsonMapper(JsonMapper.builder().build());
    private final List<AgentTool> tools;
    private final String version;

    /// @param version
    ///            of the product, told to the agent
    public AgentServer(AgentContext context, String version) {
        this.tools = List.of(new SearchTool(context), new GetTool(context),
                new StatusTool(context), new SyncTool(context));
        this.version = version;
    }

    /// Serves until `in` ends, or holds what is no message. Nothing else may write to `out` meanwhile.
    ///
    /// @return whether `in` came to its end
    /// @throws InterruptedException
    ///             if the thread is interrupted before that
    public boolean serve(InputStream in, OutputStream out) throws InterruptedException {
        Conversation conversation = new Conversation(json, new EndingStream(in), out);
        McpSyncServer server = McpServer.sync(conversation)
                .serverInfo("cascade", version)
                .instructions(INSTRUCTIONS)
                .capabilities(ServerCapabilities.builder().tools(false).build())
                .jsonMapper(json)
                .tools(tools.stream().map(this::specification).toList())
                .build();
        try {
            return conversation.awaitEnd();
        } finally {
            server.closeGracefully();
        }
    }

    private SyncToolSpecification specification(AgentTool tool) {
        return SyncToolSpecification.builder()
                .tool(Tool.builder(tool.name(), json, tool.arguments())
                        .description(tool.description())
                        .annotations(new ToolAnnotations(tool.name(), tool.isReadOnly(), false,
                                true, false, false))
                        .build())
                .callHandler((_, request) -> answer(tool, request.arguments()))
                .build();
    }

    private static CallToolResult answer(AgentTool tool, @Nullable Map<String, Object> arguments) {
        try {
            Object told = tool.call(new Arguments(arguments == null ? Map.of() : arguments));
            boolean isError = told instanceof RunReport report && report.problem() != null;
            return result(ReportJson.write(told), isError);
        } catch (Held held) {
            return result("%s. Wait and call again.".formatted(held.getMessage()), true);
        } catch (IllegalArgumentException wrong) {
            return result("%s. Correct the arguments of `%s`.".formatted(wrong.getMessage(),
                    tool.name()), true);
        } catch (RuntimeException | LinkageError | StackOverflowError failed) {
            RunReport.Problem problem = Problems.of(failed);
            return result("%s. %s".formatted(problem.message(), problem.remedy()), true);
        }
    }

    private static CallToolResult result(String text, boolean isError) {
        return CallToolResult.builder().addTextContent(text).isError(isError).build();
    }
}
