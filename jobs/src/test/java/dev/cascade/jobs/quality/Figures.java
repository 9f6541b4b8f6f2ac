package dev.cascade.jobs.quality;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What came out, as tables and as data.
final class Figures {

    private static final int RESAMPLED = 10_000;
    private static final Map<String, ToDoubleFunction<Score>> METRICS = new TreeMap<>(Map.of(
            "1 recall@10", Score::recall, "2 nDCG@10", Score::gain, "3 MRR@10",
            Score::reciprocalRank));

    private final List<Answered> all;
    private final List<String> engines;
    private final List<String> compared;
    private final Map<String, List<Answered>> byLanguage;

    /// @param all
    ///            one at least
    /// @param aside
    ///            engines of which only the overall figures are told
    Figures(List<Answered> all, Set<String> aside) {
        this.all = List.copyOf(all);
        this.engines = List.copyOf(all.getFirst().scores().keySet());
        this.compared = engines.stream().filter(engine -> !aside.contains(engine)).toList();
        this.byLanguage = all.stream()
                .collect(Collectors.groupingBy(Answered::language, TreeMap::new,
                        Collectors.toList()));
    }

    /// The mean over the queries of one group.
    static double mean(List<Answered> group, String engine, ToDoubleFunction<Score> metric) {
        return group.stream()
                .mapToDouble(answered -> metric.applyAsDouble(answered.score(engine)))
                .average()
                .orElse(0);
    }

    /// The mean over the languages, each of which counts the same.
    double macro(String engine, ToDoubleFunction<Score> metric) {
        return byLanguage.values()
                .stream()
                .mapToDouble(group -> mean(group, engine, metric))
                .average()
                .orElse(0);
    }

    String tables() {
        return String.join("\n\n", overall(), languages(), types(), differences(), behind()) + "\n";
    }

    private String overall() {
        StringBuilder table = new StringBuilder("| macro mean | ").append(metricNames())
                .append(" |\n|---|---|---|---|");
        for (String engine : engines) {
            table.append("\n| ").append(engine);
            METRICS.values()
                    .forEach(metric -> table.append(" | ")
                            .append(shown(macro(engine, metric))));
            table.append(" |");
        }
        return table.toString();
    }

    private String languages() {
        StringBuilder table = head("language");
        byLanguage.forEach((language, group) -> row(table, language, group));
        return table.toString();
    }

    private String types() {
        StringBuilder table = head("type");
        for (Query.Type type : Query.Type.values()) {
            List<Answered> group = all.stream()
                    .filter(answered -> answered.query().type() == type)
                    .toList();
            row(table, type.name().toLowerCase(Locale.ROOT).replace('_', ' '), group);
        }
        return table.toString();
    }

    private StringBuilder head(String what) {
        StringBuilder table = new StringBuilder(
                "%s:%n%n| %s | queries | ".formatted(String.join(" / ", compared), what));
        return table.append(metricNames()).append(" |\n|---|---|---|---|---|");
    }

    private void row(StringBuilder table, String name, List<Answered> group) {
        table.append("\n| %s | %d".formatted(name, group.size()));
        METRICS.values()
                .forEach(metric -> table.append(" | ")
                        .append(compared.stream()
                                .map(engine -> shown(mean(group, engine, metric)))
                                .collect(Collectors.joining(" / "))));
        table.append(" |");
    }

    /// Where the first engine is not the best, as far as three digits tell.
    private String behind() {
        List<String> behind = new ArrayList<>();
        byLanguage.forEach((language, group) -> METRICS.forEach((name, metric) -> compared
                .subList(1, compared.size())
                .stream()
                .filter(other -> shown(mean(group, other, metric))
                        .compareTo(shown(mean(group, compared.getFirst(), metric))) >= 0)
                .forEach(other -> behind
                        .add("%s %s %s".formatted(language, name.substring(2), other)))));
        return "not ahead: " + (behind.isEmpty() ? "nowhere" : String.join(", ", behind));
    }

    private String differences() {
        String first = engines.getFirst();
        List<String> others = compared.subList(1, compared.size());
        StringBuilder table = new StringBuilder("| nDCG@10 of " + first);
        others.forEach(other -> table.append(" | less ").append(other));
        table.append(" |\n|---").append("|---".repeat(others.size())).append('|');
        byLanguage.forEach((language, group) -> {
            table.append("\n| ").append(language);
            others.forEach(other -> table.append(" | ").append(difference(group, other)));
            table.append(" |");
        });
        return table.toString();
    }

    /// The mean difference and the interval that holds 95 of 100 resampled ones.
    private String difference(List<Answered> group, String other) {
        double[] differences = group.stream()
                .mapToDouble(answered -> answered.score(engines.getFirst()).gain()
                        - answered.score(other).gain())
                .toArray();
        double[] means = resampled(differences, new Random(1));
        return "%+.3f (%+.3f to %+.3f)".formatted(Arrays.stream(differences).average().orElse(0),
                means[RESAMPLED / 40], means[RESAMPLED - 1 - RESAMPLED / 40]);
    }

    private static double[] resampled(double[] values, Random random) {
        double[] means = new double[RESAMPLED];
        for (int i = 0; i < RESAMPLED; i++) {
            double sum = 0;
            for (int j = 0; j < values.length; j++) {
                sum += values[random.nextInt(values.length)];
            }
            means[i] = sum / values.length;
        }
        Arrays.sort(means);
        return means;
    }

    private static String metricNames() {
        return METRICS.keySet()
                .stream()
                .map(name -> name.substring(2))
                .collect(Collectors.joining(" | "));
    }

    private static String shown(double value) {
        return "%.3f".formatted(value);
    }

    /// Each query with the rank of its first right answer for each engine; 0 is not among the ten.
    String raw() {
        JsonMapper json = JsonMapper.builder().build();
        ArrayNode queries = json.createArrayNode();
        for (Answered answered : all) {
            ObjectNode query = queries.addObject()
                    .put("language", answered.language())
                    .put("type", answered.query().type().name())
                    .put("query", answered.query().text());
            ObjectNode ranks = query.putObject("ranks");
            answered.scores().forEach((engine, score) -> ranks.put(engine, score.rank()));
        }
        return json.writerWithDefaultPrettyPrinter().writeValueAsString(queries);
    }
}
