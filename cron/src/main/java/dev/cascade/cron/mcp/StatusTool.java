package dev.cascade.cron.mcp;

import dev.cascade.jobs.Status;

/// `status`: as `cascade status`.
record StatusTool(AgentContext context) implements AgentTool {

    @Override
    public String name() {
        return "status";
    }

    @Override
    public String description() {
        return """
                Tell whether the index can be trusted: health with reasons, how many files are pending or \
                failed, how old the index is, the last run, and the next command for a person to type.""";
    }

    @Override
    public String arguments() {
        return """
                {"type": "object", "additionalProperties": false, "properties": {}}""";
    }

    @Override
    public boolean isReadOnly() {
        return true;
    }

    @Override
    public Object call(Arguments arguments) {
        return Status.of(context.home(), context.clock());
    }
}
