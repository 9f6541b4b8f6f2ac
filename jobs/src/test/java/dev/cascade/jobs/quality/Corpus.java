package dev.cascade.jobs.quality;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The entries of one tree, all in one language.
final class Corpus {

    private final String language;
    private final Path root;
    private final List<Section> sections;
    private final List<String> folded;
    private final Map<String, List<Section>> byFile = new TreeMap<>();

    Corpus(String language, Path root, List<Section> sections) {
        this.language = language;
        this.root = root;
        this.sections = List.copyOf(sections);
        this.folded = sections.stream().map(section -> folded(section.text())).toList();
        sections.forEach(section -> byFile
                .computeIfAbsent(section.path(), _ -> new ArrayList<>())
                .add(section));
    }

    String language() {
        return language;
    }

    Locale locale() {
        return Locale.forLanguageTag(language);
    }

    Path root() {
        return root;
    }

    List<Section> sections() {
        return sections;
    }

    /// The entries of each file, by its path.
    Map<String, List<Section>> files() {
        return byFile;
    }

    /// Texts that differ in case, width or blanks alone are the same.
    static String folded(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\s+", " ")
                .strip();
    }

    /// The first parts of all sections, below their titles.
    Map<String, List<Section>> byTitle() {
        return sections.stream()
                .filter(Section::isFirstPart)
                .collect(Collectors.groupingBy(section -> folded(section.title()),
                        LinkedHashMap::new, Collectors.toList()));
    }

    /// Whether `text` stands in no entry but those that say the same as `home`.
    boolean standsOnlyIn(String text, Section home) {
        String sought = folded(text);
        for (int i = 0; i < folded.size(); i++) {
            if (folded.get(i).contains(sought)
                    && !sections.get(i).saying().equals(home.saying())) {
                return false;
            }
        }
        return true;
    }

    /// What all parts of the same section as `section` say.
    Set<String> saidBy(Section section) {
        return byFile.getOrDefault(section.path(), List.of())
                .stream()
                .filter(part -> part.whole().equals(section.whole()))
                .map(Section::saying)
                .collect(Collectors.toSet());
    }
}
