package dev.cascade.steps.embed;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import dev.cascade.config.CascadeProperties;
import dev.cascade.steps.memory.Vector;

/// Asks an endpoint that speaks OpenAI's embeddings API. One call is one request.
final class HttpEmbedder implements Embedder {

    /*
     * The JDK's own timeout ends when the headers are there, and a body may drip for ever after
     * that. So the whole answer is waited for with a deadline, and its size is bounded before any
     * of it is read as JSON. Redirects are not followed: the key would go where nobody sent it.
     */

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int LONGEST_MESSAGE = 200;
    /// Room for one vector in JSON: the widest one, with long numbers.
    private static final long BYTES_OF_VECTOR = 4096L * 32;
    private static final long BYTES_AROUND = 1 << 20;

    private final CascadeProperties.Embedding settings;
    private final ApiKey key;
    private final URI endpoint;
    private final Clock clock;
    private final HttpClient client;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicInteger width;

    /// @param width
    ///            the width that every vector must have; 0 if the first one may decide
    HttpEmbedder(CascadeProperties.Embedding settings, ApiKey key, int width, Clock clock) {
        this.settings = settings;
        this.key = key;
        this.endpoint = endpoint(settings.baseUrl());
        this.clock = clock;
        this.width = new AtomicInteger(
                settings.dimensions() > 0 ? settings.dimensions() : width);
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT.compareTo(settings.timeout()) < 0 ? CONNECT
                        : settings.timeout())
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    /// Where requests go: the base with what it lacks.
    static URI endpoint(String baseUrl) {
        URI base = URI.create(baseUrl);
        String path = base.getRawPath().replaceAll("/{2,}", "/").replaceAll("/$", "");
        String full = path.endsWith("/embeddings") ? path
                : path.isEmpty() ? "/v1/embeddings" : path + "/embeddings";
        return URI.create("%s://%s%s".formatted(base.getScheme(), base.getRawAuthority(), full));
    }

    @Override
    public List<Vector> embed(Purpose purpose, List<String> texts) {
        if (texts.isEmpty() || texts.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("there is nothing to embed in a blank text");
        }
        HttpResponse<byte[]> response = send(request(purpose, texts));
        if (response.statusCode() != 200) {
            throw refused(response);
        }
        try {
            List<Vector> vectors = Answer.vectors(response.body(), texts.size());
            requireWidth(vectors.getFirst().width());
            return vectors;
        } catch (Answer.Nonsense ex) {
            throw trouble("answered 200 with " + ex.getMessage(), new Fault.Busy(Optional.empty()),
                    ex);
        }
    }

    private void requireWidth(int seen) {
        if (seen > CascadeProperties.Embedding.WIDEST) {
            throw trouble(
                    "answered vectors of width %d, wider than the %d that an index holds; set cascade.embedding.dimensions or take another model"
                            .formatted(seen, CascadeProperties.Embedding.WIDEST),
                    new Fault.Misconfigured(), null);
        }
        if (!width.compareAndSet(0, seen) && width.get() != seen) {
            throw trouble(
                    "answered vectors of width %d where %d are wanted; correct cascade.embedding.model or dimensions"
                            .formatted(seen, width.get()),
                    new Fault.Misconfigured(), null);
        }
    }

    private HttpRequest request(Purpose purpose, List<String> texts) {
        String prefix = switch (purpose) {
            case DOCUMENT -> settings.documentPrefix();
            case QUERY -> settings.queryPrefix();
        };
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", settings.model());
        body.put("input", texts.stream().map(text -> prefix + text).toList());
        if (settings.dimensions() > 0) {
            body.put("dimensions", settings.dimensions());
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint)
                .timeout(settings.timeout())
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        if (key.isGiven()) {
            request.header("Authorization", "Bearer " + key.secret());
        }
        return request.build();
    }

    private HttpResponse<byte[]> send(HttpRequest request) {
        requests.incrementAndGet();
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request,
                BodyHandlers.limiting(BodyHandlers.ofByteArray(),
                        BYTES_AROUND + settings.batchSize() * BYTES_OF_VECTOR));
        try {
            return answer.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException ex) {
            answer.cancel(true);
            throw trouble("did not finish its answer in %d s".formatted(
                    settings.timeout().toSeconds()), new Fault.Busy(Optional.empty()), ex);
        } catch (ExecutionException ex) {
            throw trouble("could not be asked: " + reason(ex.getCause()),
                    new Fault.Busy(Optional.empty()), ex.getCause());
        } catch (InterruptedException ex) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw trouble("was not waited for", new Fault.Busy(Optional.empty()), ex);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        return switch (cause) {
            case java.net.http.HttpTimeoutException _ -> "no answer in time";
            case java.net.ConnectException _ ->
                "the connection was refused, or there is no such host";
            case IOException io -> String.valueOf(io.getMessage());
            case null, default -> String.valueOf(cause);
        };
    }

    private EmbedderTrouble refused(HttpResponse<byte[]> response) {
        Refusal refusal = Refusal.of(response.statusCode(),
                name -> response.headers().firstValue(name), response.body());
        String said = refusal.message().isEmpty() ? refusal.code() : refusal.message();
        return trouble("answered %d%s".formatted(refusal.status(),
                said.isEmpty() ? "" : ": " + said), refusal.fault(clock), null);
    }

    /// The one place where a message is made: nothing that an endpoint says comes past it unmasked.
    private EmbedderTrouble trouble(String what, Fault fault, @Nullable Throwable cause) {
        String harmless = key.masked(what).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return new EmbedderTrouble("embedder %s %s".formatted(endpoint,
                harmless.length() <= LONGEST_MESSAGE ? harmless
                        : harmless.substring(0, LONGEST_MESSAGE) + "…"),
                fault, cause);
    }

    @Override
    public long requests() {
        return requests.get();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
