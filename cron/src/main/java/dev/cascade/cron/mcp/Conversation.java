package dev.cascade.cron.mcp;

import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import reactor.core.publisher.Mono;

/// The one conversation that a process has over its two streams.
///
/// The library reads in a thread of its own and tells nobody when it stops, be it at the end or at a line
/// that is no message. It closes its session then, and so its transport, which is watched here.
final class Conversation extends StdioServerTransportProvider {

    private final EndingStream in;
    private final CountDownLatch over = new CountDownLatch(1);

    Conversation(McpJsonMapper json, EndingStream in, OutputStream out) {
        super(json, in, out);
        this.in = in;
    }

    /// Waits until nothing more is read; tells whether there was no more to read.
    boolean awaitEnd() throws InterruptedException {
        over.await();
        return in.isEnded();
    }

    @Override
    public void setSessionFactory(McpServerSession.Factory factory) {
        super.setSessionFactory(transport -> factory.create(new Watched(transport)));
    }

    private final class Watched implements McpServerTransport {

        private final McpServerTransport transport;

        Watched(McpServerTransport transport) {
            this.transport = transport;
        }

        @Override
        public void close() {
            over.countDown();
            transport.close();
        }

        @Override
        public Mono<Void> closeGracefully() {
            over.countDown();
            return transport.closeGracefully();
        }

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return transport.sendMessage(message);
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return transport.unmarshalFrom(data, type);
        }

        @Override
        public List<String> protocolVersions() {
            return transport.protocolVersions();
        }
    }
}
