package dev.cascade.steps.embed;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real HTTP server on loopback that plays `/v1/embeddings`, with faults on request.
public final class EmbeddingEndpoint implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Fault> faults = new ConcurrentLinkedDeque<>();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostUnderWay = new AtomicInteger();
    private volatile int width = FakeEmbedder.WIDTH;
    private volatile Predicate<String> refused = _ -> false;
    private volatile String codeOfRefusal = "";
    private volatile @Nullable Fault always;

    /// What stands in the place of an answer.
    public interface Fault {
        void answer(HttpExchange exchange, byte[] healthy) throws IOException;
    }

    /// A request as it came.
    public record Request(String path, @Nullable String authorization, String model,
            int dimensions, List<String> input) {

        public Request {
            input = List.copyOf(input);
        }
    }

    public EmbeddingEndpoint() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    0);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String baseUrl() {
        return "http://127.0.0.1:%d/v1".formatted(server.getAddress().getPort());
    }

    /// The next request gets this.
    public EmbeddingEndpoint then(Fault fault) {
        faults.add(fault);
        return this;
    }

    /// Every request gets this, until it is null.
    public EmbeddingEndpoint always(@Nullable Fault fault) {
        always = fault;
        return this;
    }

    /// A request with such a text is refused with a 400, and nothing tells which it was.
    public EmbeddingEndpoint refusing(Predicate<String> text) {
        return refusing(text, "");
    }

    public EmbeddingEndpoint refusing(Predicate<String> text, String code) {
        refused = text;
        codeOfRefusal = code;
        return this;
    }

    public EmbeddingEndpoint width(int other) {
        width = other;
        return this;
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /// All texts that were ever asked for, in the order in which they came.
    public List<String> texts() {
        return requests.stream().flatMap(request -> request.input().stream()).toList();
    }

    public int mostUnderWay() {
        return mostUnderWay.get();
    }

    public void forgetRequests() {
        requests.clear();
    }

    private void handle(HttpExchange exchange) throws IOException {
        mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        try (exchange) {
            JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
            List<String> input = new ArrayList<>();
            body.path("input").forEach(text -> input.add(text.asString()));
            requests.add(new Request(exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    body.path("model").asString(""), body.path("dimensions").asInt(0), input));
            Fault fault = faults.poll();
            fault = fault == null ? always : fault;
            if (fault != null) {
                fault.answer(exchange, healthy(input));
            } else if (input.stream().anyMatch(refused)) {
                status(400, codeOfRefusal, "invalid_request_error", "the input was refused")
                        .answer(exchange, new byte[0]);
            } else {
                send(exchange, 200, healthy(input));
            }
        } finally {
            underWay.decrementAndGet();
        }
    }

    private byte[] healthy(List<String> input) {
        List<Map<String, Object>> data = new ArrayList<>();
        for (int i = 0; i < input.size(); i++) {
            data.add(vector(i, FakeEmbedder.values(input.get(i), width)));
        }
        return answer(data);
    }

    private static Map<String, Object> vector(int index, Object values) {
        Map<String, Object> vector = new HashMap<>();
        vector.put("object", "embedding");
        vector.put("index", index);
        vector.put("embedding", values);
        return vector;
    }

    private static byte[] answer(List<Map<String, Object>> data) {
        return JSON.writeValueAsBytes(Map.of("object", "list", "data", data));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    /// An error as OpenAI words it.
    public static Fault status(int status, String code, String type, String message) {
        return (exchange, _) -> send(exchange, status, JSON.writeValueAsBytes(
                Map.of("error", Map.of("code", code, "type", type, "message", message))));
    }

    public static Fault status(int status) {
        return (exchange, _) -> send(exchange, status, new byte[0]);
    }

    /// The same fault with one header more.
    public static Fault with(String header, String value, Fault fault) {
        return (exchange, healthy) -> {
            exchange.getResponseHeaders().set(header, value);
            fault.answer(exchange, healthy);
        };
    }

    public static Fault body(String json) {
        return (exchange, _) -> send(exchange, 200, json.getBytes(StandardCharsets.UTF_8));
    }

    /// The healthy answer, changed by hand.
    public static Fault changed(java.util.function.UnaryOperator<String> change) {
        return (exchange, healthy) -> send(exchange, 200,
                change.apply(new String(healthy, StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8));
    }

    /// The healthy answer with its vectors in the opposite order.
    public static Fault shuffled() {
        return (exchange, healthy) -> {
            List<JsonNode> data = new ArrayList<>();
            JSON.readTree(healthy).path("data").forEach(data::addFirst);
            send(exchange, 200, JSON.writeValueAsBytes(Map.of("data", data)));
        };
    }

    /// Half of an answer, and then the connection is gone.
    public static Fault reset() {
        return (exchange, healthy) -> {
            exchange.sendResponseHeaders(200, healthy.length);
            exchange.getResponseBody().write(healthy, 0, healthy.length / 2);
            exchange.getResponseBody().flush();
            exchange.close();
        };
    }

    /// One byte after the other, never to the end.
    public static Fault dripping() {
        return (exchange, healthy) -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            try {
                for (int i = 0; i < 300; i++) {
                    out.write(' ');
                    out.flush();
                    Thread.sleep(100);
                }
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /// The healthy answer after a while.
    public static Fault slow(long millis) {
        return (exchange, healthy) -> {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
            send(exchange, 200, healthy);
        };
    }

    /// More than any answer can need.
    public static Fault huge() {
        return (exchange, _) -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 256; i++) {
                out.write(blanks);
            }
        };
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
