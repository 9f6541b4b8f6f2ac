package dev.cascade.jobs.quality;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A token of code that stands in one entry alone asks for it: an identifier, an error code, the name
/// of a file.
final class Identifiers {

    private static final int SHORTEST = 5;
    private static final int LONGEST = 40;

    private static final Pattern TOKEN = Pattern
            .compile("(?<![\\p{L}\\p{N}_@/:.$-])[A-Za-z_$][\\w$.-]*[\\w$](?![\\p{L}\\p{N}_/:@])");
    /// camelCase, snake_case, ERR_CODE, E404, a.b
    private static final Pattern OF_CODE = Pattern
            .compile(".*[a-z][A-Z].*|.*\\w_\\w.*|[A-Z]{1,5}\\d{2,}|.*[a-z_]{2}\\.[A-Za-z_]{2}.*");

    private final Corpus corpus;
    private final Random random;

    Identifiers(Corpus corpus, Random random) {
        this.corpus = corpus;
        this.random = random;
    }

    /// At most `most` queries, no two for the same entry.
    List<Query> queries(int most) {
        List<Map.Entry<String, Section>> candidates = new ArrayList<>(candidates().entrySet());
        Collections.shuffle(candidates, random);
        List<Query> queries = new ArrayList<>();
        List<Section> asked = new ArrayList<>();
        for (Map.Entry<String, Section> candidate : candidates) {
            Section home = candidate.getValue();
            if (queries.size() < most && !asked.contains(home)
                    && corpus.standsOnlyIn(candidate.getKey(), home)) {
                queries.add(Query.asking(Query.Type.IDENTIFIER, candidate.getKey(), home));
                asked.add(home);
            }
        }
        return queries;
    }

    private Map<String, Section> candidates() {
        Map<String, Section> candidates = new LinkedHashMap<>();
        for (Section section : corpus.sections()) {
            TOKEN.matcher(section.body())
                    .results()
                    .map(MatchResult::group)
                    .filter(Identifiers::isOfCode)
                    .forEach(token -> candidates.putIfAbsent(token, section));
        }
        return candidates;
    }

    private static boolean isOfCode(String token) {
        return token.length() >= SHORTEST && token.length() <= LONGEST
                && OF_CODE.matcher(token).matches();
    }
}
