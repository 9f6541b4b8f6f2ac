package dev.cascade.steps.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

import dev.cascade.config.FieldRef;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.MalformedMemory;

/// Reads a file that is one entry: its frontmatter, its body, and the files that belong to it.
final class SingleEntity {

    /// The index keeps an id whole, and has a limit of its own.
    private static final int MAX_ID = 4000;

    private final EntryMaker maker;

    SingleEntity(EntryMaker maker) {
        this.maker = maker;
    }

    /// @throws MalformedMemory
    ///             if a companion is no text or the id is overlong
    Entry entry(SourceFile file, String body) {
        Map<FieldRef, List<String>> own = new HashMap<>();
        if (maker.kind().field(FieldRef.BODY).isPresent()) {
            own.put(FieldRef.BODY, List.of(Blanks.stripRight(body)));
        }
        if (maker.kind().field(FieldRef.REFERENCES_CONTENT).isPresent()) {
            own.put(FieldRef.REFERENCES_CONTENT, List.of(references(file)));
        }
        return maker.entry(id(file), 1, own);
    }

    private String id(SourceFile file) {
        String id = EntryMaker.first(maker.shared(), maker.kind().entryId());
        if (id != null && id.length() > MAX_ID) {
            throw new MalformedMemory(file.path(), 1,
                    "%s has %d characters".formatted(maker.kind().entryId(), id.length()),
                    "keep an id to %d".formatted(MAX_ID));
        }
        return id == null ? "" : id;
    }

    private static String references(SourceFile file) {
        SortedMap<String, byte[]> companions = file.companions();
        List<String> texts = new ArrayList<>();
        companions.forEach((name, bytes) -> texts.add(Blanks.stripRight(
                SourceText.decode(file.path(), "companion %s: ".formatted(name), bytes).text())));
        return String.join("\n\n", texts);
    }
}
