package dev.cascade.steps.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.apache.commons.io.FilenameUtils;
import org.commonmark.node.Node;
import org.jspecify.annotations.Nullable;

import dev.cascade.config.FieldRef;
import dev.cascade.config.FieldRef.Place;
import dev.cascade.config.KindSpec;
import dev.cascade.steps.memory.Entry;
import dev.cascade.steps.memory.Finding;
import dev.cascade.steps.memory.MalformedMemory;
import dev.cascade.steps.memory.MemoryDocument;
import dev.cascade.steps.memory.RowId;
import dev.cascade.steps.memory.Scope;

/// Understands a file as its kind says: `new MemoryParser().parse(file, kind)`.
///
/// It keeps nothing between two files and may be used by many threads.
public final class MemoryParser {

    /// The document of `file`; oddities that hurt no other entry are among its findings.
    ///
    /// @throws MalformedMemory
    ///             if the file cannot be indexed as it is
    public MemoryDocument parse(SourceFile file, KindSpec kind) {
        return new Reading(file, kind).document();
    }

    /// One file being read.
    private static final class Reading {

        private static final Pattern OWNER = Pattern.compile("[A-Za-z0-9_.@+-]{1,200}");
        private static final String TITLE = "title";
        private static final String TYPE = "type";

        private final SourceFile file;
        private final KindSpec kind;
        private final List<Finding> findings = new ArrayList<>();
        private final Scope scope;
        private final SourceText source;
        private final Frontmatter frontmatter;

        Reading(SourceFile file, KindSpec kind) {
            this.file = file;
            this.kind = kind;
            scope = kind.scoped() ? Scope.of(file.path()) : Scope.NONE;
            source = SourceText.decode(file.path(), "", file.bytes());
            frontmatter = Frontmatter.of(file.path(), kind, source, findings);
        }

        MemoryDocument document() {
            if (!isOfType()) {
                return document("", file.path().name(), List.of(), new TreeMap<>());
            }
            Map<FieldRef, List<String>> shared = fields();
            String owner = owner(shared);
            EntryMaker maker = new EntryMaker(kind,
                    new RowId(kind.name(), scope, owner, rowFile(), ""), shared);
            SortedMap<String, String> deprecations = new Deprecations(file.path(), findings)
                    .of(kind, frontmatter.values());
            return switch (kind.shape()) {
                case DAILY_LOG -> document(owner, title(shared), log(maker, owner), deprecations);
                case SINGLE_ENTITY -> document(owner, title(shared),
                        List.of(new SingleEntity(maker).entry(file, body())), deprecations);
                case FRONTMATTER_LIST -> document(owner, title(shared),
                        new FrontmatterList(file.path(), maker, findings)
                                .entries(frontmatter.values()),
                        deprecations);
                case NOTE -> note(owner, maker, deprecations);
            };
        }

        private MemoryDocument document(String owner, String title, List<Entry> entries,
                SortedMap<String, String> deprecations) {
            return new MemoryDocument(file.path(), kind.name(), scope, owner, title, entries,
                    deprecations, Findings.bounded(findings), file.sha256());
        }

        private String body() {
            return source.text().substring(frontmatter.bodyStart());
        }

        private boolean isOfType() {
            if (kind.type() == null) {
                return true;
            }
            YamlValue type = frontmatter.values().get(TYPE);
            boolean fits = type instanceof YamlValue.Scalar scalar
                    && Blanks.strip(scalar.text()).equals(kind.type());
            if (!fits) {
                findings.add(Finding.warning(type.line(),
                        "type is %s, not '%s'; nothing of the file was indexed, correct the type or move the file"
                                .formatted(type.describe(), kind.type())));
            }
            return fits;
        }

        private Map<FieldRef, List<String>> fields() {
            try {
                return new FieldReader(kind, Place.FRONTMATTER, findings)
                        .read(frontmatter.values().entries(), 1);
            } catch (UnreadableField ex) {
                throw new MalformedMemory(file.path(), ex.line(), ex.what(), ex.remedy());
            }
        }

        private String owner(Map<FieldRef, List<String>> shared) {
            FieldRef ref = kind.owner();
            if (ref == null) {
                return "";
            }
            String owner = EntryMaker.first(shared, ref);
            boolean valid = owner != null && OWNER.matcher(owner).matches() && !owner.equals(".")
                    && !owner.equals("..");
            if (owner == null || !valid) {
                throw new MalformedMemory(file.path(), lineOf(ref.name()),
                        "%s is %s, which is no id".formatted(ref.name(),
                                owner == null ? "missing"
                                        : "'" + Blanks.shorten(owner, 60) + "'"),
                        "use letters, digits and _ . @ + -");
            }
            return owner;
        }

        private int lineOf(String name) {
            return frontmatter.values().get(name).line();
        }

        /// A kind with neither scope nor owner has nothing that tells the entries of two files
        /// apart, so the path takes the owner's place: such rows belong to their file.
        private String rowFile() {
            return kind.scoped() || kind.owner() != null ? "" : file.path().value();
        }

        private List<Entry> log(EntryMaker maker, String owner) {
            List<Markers.Marked> marked = new Markers(file.path(), source, findings)
                    .from(frontmatter.bodyStart());
            new Contradictions(file.path(), kind, findings).warn(frontmatter.values(), owner,
                    marked);
            return new DailyLog(maker, findings).entries(marked);
        }

        private MemoryDocument note(String owner, EntryMaker maker,
                SortedMap<String, String> deprecations) {
            Markdown markdown = new Markdown();
            Node parsed = markdown.parse(body());
            String title = named(maker.shared())
                    .or(() -> frontmatterTitle())
                    .or(() -> Note.firstHeading(parsed))
                    .orElse(FilenameUtils.removeExtension(file.path().name()));
            Note note = new Note(maker, Blanks.shorten(title, 200),
                    source.lineAt(frontmatter.bodyStart()) - 1, findings);
            note.warnAbout(markdown);
            return document(owner, Blanks.shorten(title, 200), note.entries(parsed), deprecations);
        }

        private Optional<String> frontmatterTitle() {
            return frontmatter.values().get(TITLE) instanceof YamlValue.Scalar scalar
                    ? Optional.of(Blanks.collapse(scalar.text()))
                            .filter(text -> !text.isEmpty())
                    : Optional.empty();
        }

        private Optional<String> named(Map<FieldRef, List<String>> shared) {
            @Nullable
            String named = EntryMaker.first(shared, kind.title());
            return Optional.ofNullable(named);
        }

        private String title(Map<FieldRef, List<String>> shared) {
            return named(shared).map(title -> Blanks.shorten(title, 200))
                    .orElse(file.path().name());
        }
    }
}
