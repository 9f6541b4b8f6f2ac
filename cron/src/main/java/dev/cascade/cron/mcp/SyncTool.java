package dev.cascade.cron.mcp;

import java.util.ArrayList;
import java.util.List;

import dev.cascade.jobs.Plan;
import dev.cascade.jobs.ReconcileRequest;
import dev.cascade.jobs.RunLock.Held;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Selection;

/// `sync`: as `cascade sync`.
record SyncTool(AgentContext context) implements AgentTool {

    @Override
    public String name() {
        return "sync";
    }

    @Override
    public String description() {
        return """
                Bring the index in step with the files, for instance after you wrote one. It reads only what \
                changed and never writes a source file. With paths: only these, read again even if they look \
                unchanged. The answer counts what was done and lists files that failed, with reasons.""";
    }

    @Override
    public String arguments() {
        return """
                {"type": "object", "additionalProperties": false, "properties": {
                  "paths": {"type": "array", "items": {"type": "string"}, "description": "Files or folders relative to the root. Default: everything that changed."}}}""";
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public Object call(Arguments arguments) throws Held {
        List<MemoryPath> paths = new ArrayList<>();
        for (String named : arguments.texts("paths")) {
            MemoryPath path = context.path(named);
            if (path == null) {
                return context.runs().reconcile(ReconcileRequest.everything());
            }
            paths.add(path);
        }
        if (paths.isEmpty()) {
            return context.runs().reconcile(ReconcileRequest.everything());
        }
        Selection selection = Selection.everything().below(paths);
        Plan.requireKnown(context.home(), context.settings().get(), selection, context.clock());
        return context.runs().reconcile(new ReconcileRequest(selection, true, false));
    }
}
