package dev.cascade.cron.mcp;

import dev.cascade.jobs.EntryReport;
import dev.cascade.jobs.LinesReport;
import dev.cascade.steps.SourceLines;
import dev.cascade.steps.memory.MemoryPath;

/// `get`: as `cascade get`.
record GetTool(AgentContext context) implements AgentTool {

    @Override
    public String name() {
        return "get";
    }

    @Override
    public String description() {
        return """
                Read more of what `search` found. With a row_id of a hit, or a path: the entry or entries as \
                they are indexed, with all fields. With from_line (and to_line): these lines of the file as it \
                is on disk now, at most 2000 of them; total_lines says where it ends.""";
    }

    @Override
    public String arguments() {
        return """
                {"type": "object", "additionalProperties": false, "properties": {
                  "path": {"type": "string", "description": "A file, as a hit shows it."},
                  "row_id": {"type": "string", "description": "The row_id of a hit, instead of a path."},
                  "from_line": {"type": "integer", "minimum": 1, "description": "Only with path."},
                  "to_line": {"type": "integer", "minimum": 1, "description": "Default: 100 lines from from_line on."},
                  "parents": {"type": "boolean", "description": "Also the entry it came from, and so on."}}}""";
    }

    @Override
    public boolean isReadOnly() {
        return true;
    }

    private static final int USUAL_LINES = 100;

    @Override
    public Object call(Arguments arguments) {
        String path = arguments.text("path");
        String row = arguments.text("row_id");
        String what = row == null ? path : row;
        if (what == null || (path != null && row != null)) {
            throw new IllegalArgumentException("give either path or row_id");
        }
        Integer from = arguments.number("from_line");
        Integer to = arguments.number("to_line");
        MemoryPath file = path == null ? null : context.path(path);
        if (from == null && to == null) {
            return EntryReport.of(context.home(), what, file,
                    arguments.flag("parents"), context.clock());
        }
        if (file == null) {
            throw new IllegalArgumentException("lines are told of a file; give its path");
        }
        int first = from == null ? 1 : from;
        return LinesReport.of(context.home(), context.settings().get(), file, first,
                to == null ? first + USUAL_LINES - 1
                        : Math.min(to, first + SourceLines.MOST - 1),
                context.clock());
    }
}
