package dev.cascade.steps.embed;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cascade.config.CascadeProperties;
import dev.cascade.config.ConfigurationProblem;
import dev.cascade.config.Settings;
import dev.cascade.steps.embed.Embedder.Purpose;
import dev.cascade.steps.memory.Vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class HttpEmbedderTest implements EmbedderContract {

    private static final String KEY = "sk-secret-0123456789";
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-04T12:00:00Z"),
            ZoneOffset.UTC);

    private final EmbeddingEndpoint endpoint = new EmbeddingEndpoint();
    private Embedder open = with(Map.of());

    @AfterEach
    void close() {
        open.close();
        endpoint.close();
    }

    private CascadeProperties.Embedding settings(Map<String, String> more) {
        Map<String, String> said = new HashMap<>(Map.of("cascade.embedding.provider", "openai",
                "cascade.embedding.base-url", endpoint.baseUrl(), "cascade.embedding.model", "m",
                "cascade.embedding.api-key", KEY));
        more.forEach((key, value) -> said.put("cascade.embedding." + key, value));
        return Settings.load(null, null, Map.of(), said).properties().embedding();
    }

    private Embedder with(Map<String, String> more) {
        return with(more, 0);
    }

    private Embedder with(Map<String, String> more, int width) {
        open = Embedder.of(settings(more), width, NOON).orElseThrow();
        return open;
    }

    @Override
    public Embedder embedder() {
        return open;
    }

    @Override
    public void breakDown() {
        endpoint.then(EmbeddingEndpoint.status(500));
    }

    private EmbedderTrouble trouble(Embedder embedder) {
        return trouble(embedder, "one", "two");
    }

    private EmbedderTrouble trouble(Embedder embedder, String... texts) {
        return catchThrowableOfType(EmbedderTrouble.class,
                () -> embedder.embed(Purpose.DOCUMENT, List.of(texts)));
    }

    private Fault fault(EmbeddingEndpoint.Fault answer) {
        endpoint.then(answer);
        return trouble(open).fault();
    }

    @Test
    void theRequestIsTheOneThatOpenAiKnows() {
        with(Map.of("query-prefix", "query: ", "document-prefix", "passage: ", "dimensions",
                "32"));
        open.embed(Purpose.QUERY, List.of("why"));
        open.embed(Purpose.DOCUMENT, List.of("because"));
        assertThat(endpoint.requests()).containsExactly(
                new EmbeddingEndpoint.Request("/v1/embeddings", "Bearer " + KEY, "m", 32,
                        List.of("query: why")),
                new EmbeddingEndpoint.Request("/v1/embeddings", "Bearer " + KEY, "m", 32,
                        List.of("passage: because")));
    }

    @Test
    void withoutAKeyNoneIsSent() {
        with(Map.of("api-key", "")).embed(Purpose.QUERY, List.of("why"));
        assertThat(endpoint.requests().getFirst().authorization()).isNull();
    }

    @Test
    void theKeyCanStandInAFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "  from-file\n");
        with(Map.of("api-key", "", "api-key-file", file.toString())).embed(Purpose.QUERY,
                List.of("why"));
        assertThat(endpoint.requests().getFirst().authorization()).isEqualTo("Bearer from-file");
        assertThatExceptionOfType(ConfigurationProblem.class).isThrownBy(
                () -> with(Map.of("api-key", "", "api-key-file", folder.resolve("no").toString())));
    }

    @ParameterizedTest
    @CsvSource({"http://a:1, http://a:1/v1/embeddings", "http://a:1/, http://a:1/v1/embeddings",
            "http://a:1/v1, http://a:1/v1/embeddings", "https://a/v1/, https://a/v1/embeddings",
            "https://a/x/embeddings, https://a/x/embeddings",
            "https://a/openai/v2, https://a/openai/v2/embeddings",
            "http://a:1//b.example/v1, http://a:1/b.example/v1/embeddings"})
    void theAddressIsCompleted(String base, String full) {
        assertThat(HttpEmbedder.endpoint(base)).hasToString(full);
    }

    @Test
    @Tag("EV-17")
    void anAnswerInAnotherOrderIsPutRight() {
        List<Vector> straight = open.embed(Purpose.DOCUMENT, List.of("one", "two", "three"));
        endpoint.then(EmbeddingEndpoint.shuffled());
        assertThat(open.embed(Purpose.DOCUMENT, List.of("one", "two", "three")))
                .isEqualTo(straight);
    }

    @ParameterizedTest
    @Tag("EV-17")
    @ValueSource(strings = {"{\"data\": []}", "{}", "[]", "", "no json at all",
            "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 0, \"embedding\": [1, 3]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 2, \"embedding\": [1, 3]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 1, \"embedding\": [1, 3, 4]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 1, \"embedding\": []}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 1, \"embedding\": [0, 0]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 1, \"embedding\": [1, null]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 1, \"embedding\": [1, \"NaN\"]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 1, \"embedding\": [1, 1e99]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [1, 2]}, {\"index\": 1, \"embedding\": [1, NaN]}]}"})
    void aSuccessThatHoldsNoGoodVectorsIsAnError(String body) {
        assertThat(fault(EmbeddingEndpoint.body(body))).isInstanceOf(Fault.Busy.class);
    }

    @Test
    @Tag("EV-17")
    void aWrongWidthIsAnErrorOfTheSettings() {
        endpoint.width(8);
        assertThat(trouble(with(Map.of("dimensions", "32"))).fault())
                .isEqualTo(new Fault.Misconfigured());
        assertThat(trouble(with(Map.of(), 32))).hasMessageContaining("width 8 where 32");
        with(Map.of()).embed(Purpose.QUERY, List.of("the first answer decides"));
        endpoint.width(16);
        assertThat(trouble(open).fault()).isEqualTo(new Fault.Misconfigured());
    }

    @ParameterizedTest
    @Tag("SK-16")
    @Tag("SK-17")
    @CsvSource(delimiter = '|', value = {
            "429 | rate_limit_exceeded | requests | Rate limit reached, see billing | Busy",
            "429 | insufficient_quota  | insufficient_quota | You exceeded your current quota | OutOfQuota",
            "429 |                     |          | quota exceeded for this month | OutOfQuota",
            "429 |                     |          | memory limit reached | Busy",
            "402 |                     |          | pay | OutOfQuota",
            "403 | billing_not_active  |          | not active | OutOfQuota",
            "401 | invalid_api_key     |          | Incorrect API key | Denied",
            "403 |                     |          | quota exceeded | Denied",
            "400 | invalid_api_key     |          | bad key | Denied",
            "404 | model_not_found     |          | no such model | Misconfigured",
            "400 |                     |          | model 'm' not found, try pulling it | Misconfigured",
            "301 |                     |          | elsewhere | Misconfigured",
            "400 | context_length_exceeded |      | at most 8192 tokens | TooLong",
            "413 |                     | Validation | too large | TooLong",
            "422 |                     | Validation | inputs must have less than 512 tokens | TooLong",
            "400 | content_filter      |          | no | Refused",
            "400 |                     |          | something else | Refused",
            "500 |                     |          | quota service is down: insufficient quota | Busy",
            "503 | overloaded          |          | wait | Busy", "408 | | | | Busy",
            "418 |                     |          | a teapot | Busy"})
    void statusAndCodeDecideBeforeTheText(int status, String code, String type, String message,
            String expected) {
        endpoint.then(EmbeddingEndpoint.status(status, or(code), or(type), or(message)));
        assertThat(trouble(open, "one").fault())
                .extracting(fault -> fault.getClass().getSimpleName())
                .isEqualTo(expected);
    }

    private static String or(String text) {
        return Optional.ofNullable(text).orElse("");
    }

    @Test
    @Tag("SK-17")
    void anExplicitNoIsNotTriedAgain() {
        assertThat(fault(EmbeddingEndpoint.with("x-should-retry", "false",
                EmbeddingEndpoint.status(503)))).isEqualTo(new Fault.Declined());
    }

    @ParameterizedTest
    @Tag("SK-18")
    @CsvSource({"retry-after, 7, 7000", "retry-after-ms, 250, 250", "retry-after, 86400, 300000",
            "retry-after, 'Wed, 04 Mar 2026 12:00:30 GMT', 30000",
            "retry-after, 'Wed, 04 Mar 2026 11:00:30 GMT', 0"})
    void theServersHintIsHeardWithinBounds(String header, String value, long millis) {
        assertThat(fault(EmbeddingEndpoint.with(header, value, EmbeddingEndpoint.status(429))))
                .isEqualTo(new Fault.Busy(Optional.of(Duration.ofMillis(millis))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"retry-after: soon", "x-other: 7"})
    void aHintThatIsNoneIsPassedOver(String header) {
        String[] parts = header.split(": ", 2);
        assertThat(fault(EmbeddingEndpoint.with(parts[0], parts[1], EmbeddingEndpoint.status(429))))
                .isEqualTo(new Fault.Busy(Optional.empty()));
    }

    @Test
    void anAnswerThatDripsEndsWithTheTimeout() {
        with(Map.of("timeout", "1s"));
        long begin = System.nanoTime();
        assertThat(fault(EmbeddingEndpoint.dripping())).isInstanceOf(Fault.Busy.class);
        assertThat(fault(EmbeddingEndpoint.slow(3000))).isInstanceOf(Fault.Busy.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aBodyWithoutEndIsNotReadToItsEnd() {
        with(Map.of("batch-size", "2"));
        assertThat(fault(EmbeddingEndpoint.huge())).isInstanceOf(Fault.Busy.class);
    }

    @Test
    @Tag("FM-4")
    void aConnectionThatBreaksCanBeTriedAgain() {
        assertThat(fault(EmbeddingEndpoint.reset())).isInstanceOf(Fault.Busy.class);
        endpoint.close();
        assertThat(trouble(open).fault()).isInstanceOf(Fault.Busy.class);
        assertThat(trouble(open)).hasMessageContaining(endpoint.baseUrl());
    }

    @Test
    void aRedirectIsNotFollowed() {
        assertThat(fault(EmbeddingEndpoint.with("Location", endpoint.baseUrl() + "/elsewhere",
                EmbeddingEndpoint.status(307)))).isEqualTo(new Fault.Misconfigured());
        assertThat(endpoint.requests()).hasSize(1);
    }

    @Test
    void theKeyIsInNoMessage() {
        endpoint.then(EmbeddingEndpoint.status(401, "invalid_api_key", "",
                "Incorrect API key provided: %s (Bearer %s, sk-other***89).\nSee\u001b[31m docs"
                        .formatted(KEY, KEY)));
        EmbedderTrouble trouble = trouble(open);
        StringWriter told = new StringWriter();
        trouble.printStackTrace(new PrintWriter(told));
        assertThat(told.toString()).doesNotContain("0123456789", "sk-other", "\u001b")
                .contains("Incorrect API key provided");
        assertThat(settings(Map.of()).toString()).doesNotContain(KEY);
        assertThat(ApiKey.of(settings(Map.of())).toString()).doesNotContain(KEY);
    }

    @Test
    void aLongTextIsDividedAndItsVectorsAveraged() {
        with(Map.of("max-text", "200", "batch-size", "2"));
        String first = "apple ".repeat(25).strip();
        String second = "pear ".repeat(30).strip();
        Vector whole = open.embed(Purpose.DOCUMENT, List.of(first + "\n\n" + second, "plum"))
                .getFirst();
        assertThat(endpoint.requests()).extracting(request -> request.input().size())
                .containsExactly(2, 1);
        List<Vector> parts = open.embed(Purpose.DOCUMENT, List.of(first + "\n\n", second));
        assertThat(whole).isEqualTo(Vector.mean(parts, List.of(first.length() + 2,
                second.length())));
    }

    @Test
    void aTextThatTheModelFindsTooLongIsHalvedUntilItFits() {
        endpoint.always((exchange, healthy) -> {
            String last = endpoint.texts().getLast();
            if (last.length() > 300) {
                EmbeddingEndpoint.status(400, "context_length_exceeded", "", "too long")
                        .answer(exchange, healthy);
            } else {
                exchange.sendResponseHeaders(200, healthy.length);
                exchange.getResponseBody().write(healthy);
            }
        });
        String text = "word ".repeat(200).strip();
        assertThat(open.embed(Purpose.DOCUMENT, List.of(text))).hasSize(1);
        assertThat(endpoint.texts()
                .stream()
                .filter(piece -> piece.length() <= 300)
                .mapToInt(String::length)
                .sum()).isEqualTo(text.length());
    }

    @Test
    void aTextThatIsTooLongHoldsNoOtherOfItsRequestBack() {
        String text = "word ".repeat(80).strip();
        endpoint.refusing(input -> input.length() > 300, "context_length_exceeded");
        List<Vector> vectors = open.embed(Purpose.DOCUMENT, List.of("one", text, "two", "three"));
        endpoint.refusing(_ -> false);
        assertThat(vectors).hasSize(4)
                .startsWith(open.embed(Purpose.DOCUMENT, List.of("one")).getFirst())
                .endsWith(open.embed(Purpose.DOCUMENT, List.of("three")).getFirst());
    }

    @Test
    void piecesLoseNothingAndDivideNoCharacter() {
        String text = "\uD83D\uDE00".repeat(333);
        List<String> pieces = Pieces.of(text, 99);
        assertThat(String.join("", pieces)).isEqualTo(text);
        assertThat(pieces).allSatisfy(
                piece -> assertThat(Character.isLowSurrogate(piece.charAt(0))).isFalse());
        assertThat(Pieces.of("a".repeat(100_000), 100)).hasSize(64);
    }
}
