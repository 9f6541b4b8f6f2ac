package dev.cascade.jobs.quality;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Link;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;

/// The text of a link to another file of the tree asks for what it points to: with an anchor, that
/// section; without, any entry of the file. A text that points to several places asks for none.
final class Links {

    private static final int FEWEST_LETTERS = 3;

    private final Corpus corpus;
    private final Map<String, Set<Set<String>>> targets = new LinkedHashMap<>();
    private final Map<String, String> texts = new LinkedHashMap<>();

    Links(Corpus corpus) {
        this.corpus = corpus;
    }

    List<Query> queries() {
        corpus.files().keySet().forEach(this::read);
        return targets.entrySet()
                .stream()
                .filter(text -> text.getValue().size() == 1)
                .map(text -> new Query(Query.Type.LINK, texts.getOrDefault(text.getKey(), ""),
                        text.getValue().iterator().next()))
                .filter(query -> !query.answers().isEmpty())
                .toList();
    }

    private void read(String path) {
        Parser.builder().build().parse(content(path)).accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                follow(path, link);
            }
        });
    }

    private String content(String path) {
        try {
            return Files.readString(corpus.root().resolve(path));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private void follow(String from, Link link) {
        String text = text(link);
        String destination = link.getDestination();
        if (text.codePoints().filter(Character::isLetter).count() < FEWEST_LETTERS
                || isAnAddress(text) || isAnAddress(destination)
                || destination.startsWith("#") || destination.startsWith("/")) {
            return;
        }
        int hash = destination.indexOf('#');
        String file = target(from, hash < 0 ? destination : destination.substring(0, hash));
        if (file.isEmpty() || file.equals(from)) {
            return;
        }
        targets.computeIfAbsent(Corpus.folded(text), _ -> new HashSet<>())
                .add(answers(file, hash < 0 ? "" : destination.substring(hash + 1)));
        texts.putIfAbsent(Corpus.folded(text), text);
    }

    private static boolean isAnAddress(String text) {
        return text.contains("://") || text.startsWith("mailto:")
                || text.matches("[^\\s]+\\.(md|markdown|html?)");
    }

    /// The file of the tree that is meant; empty if there is none.
    private String target(String from, String destination) {
        try {
            Path meant = Path.of("/" + from)
                    .resolveSibling(URLDecoder.decode(destination.replace("+", "%2B"),
                            StandardCharsets.UTF_8))
                    .normalize();
            String path = meant.toString().substring(1);
            return corpus.files().containsKey(path) ? path : "";
        } catch (IllegalArgumentException ex) {
            return "";
        }
    }

    private Set<String> answers(String file, String anchor) {
        List<Section> sections = corpus.files().getOrDefault(file, List.of());
        if (anchor.isEmpty()) {
            return sections.stream().map(Section::saying).collect(Collectors.toSet());
        }
        return sections.stream()
                .filter(section -> slug(section.title()).equals(slug(anchor)))
                .findFirst()
                .map(corpus::saidBy)
                .orElse(Set.of());
    }

    /// The anchor that sites make of a heading.
    private static String slug(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{M}\\p{N}\\s_-]", "")
                .strip()
                .replaceAll("\\s", "-");
    }

    private static String text(Link link) {
        List<String> parts = new ArrayList<>();
        link.accept(new AbstractVisitor() {
            @Override
            public void visit(Text text) {
                parts.add(text.getLiteral());
            }

            @Override
            public void visit(Code code) {
                parts.add(code.getLiteral());
            }
        });
        return String.join("", parts).strip();
    }
}
