package dev.cascade.cron;

import java.io.IOException;
import java.net.CookieManager;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import dev.cascade.cron.CascadeProcess.Result;
import dev.cascade.cron.CascadeProcess.Running;
import dev.cascade.cron.schedule.Soon;

import static org.assertj.core.api.Assertions.assertThat;

/// The page, the API, health and metrics of one `cascade serve` over two roots, by real requests.
class PageIT {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern METER = Pattern
            .compile("\\b(?:cascade|process|jvm|spring_batch)_[a-z_]+\\b");
    private static final Pattern ADDRESS = Pattern.compile("the page is at (http://\\S+/);");

    @TempDir
    static Path folder;

    private static Path notes;
    private static CascadeProcess cascade;
    private static Running serve;
    private static URI page;
    private static String token;
    private static HttpClient client;

    @BeforeAll
    static void serveTwoRoots() throws IOException {
        notes = folder.resolve("notes");
        for (int i = 0; i < 30; i++) {
            Trees.note(notes, "n%02d.md".formatted(i));
        }
        Trees.file(notes, "garden.md", "# Garden\n\nthe <b>falcon</b> & the \"rose\"\n");
        Files.write(notes.resolve("broken.md"), new byte[]{'a', (byte) 0xff, '\n'});
        Path memory = Trees.memory(folder.resolve("memory"));
        cascade = CascadeProcess.in(folder);
        assertThat(cascade.run("sync", "--root", notes.toString()).exit()).isEqualTo(4);
        assertThat(cascade.run("sync", "--root", memory.toString()).exit()).isIn(0, 4);
        serve = cascade.background("serve", "--root", notes.toString(), "--root",
                memory.toString(), "--set", "schedule.reconcile.every=1d");
        page = address(serve);
        token = Files.readString(notes.resolve(".cascade/serve-token")).strip();
        client = HttpClient.newHttpClient();
        Soon.expect(LIMIT, "the first firing",
                () -> metrics().keySet()
                        .stream()
                        .filter(name -> name.startsWith("cascade_run_seconds_count"))
                        .count() == 2);
    }

    @AfterAll
    static void end() {
        client.close();
        serve.signal("TERM");
        assertThat(serve.end(Duration.ofSeconds(10)).exit()).isEqualTo(143);
    }

    static URI address(Running serve) {
        Soon.expect(START, () -> "an address; it said:%n%s".formatted(serve.stderr()),
                () -> ADDRESS.matcher(serve.stderr()).find());
        Matcher said = ADDRESS.matcher(serve.stderr());
        assertThat(said.find()).isTrue();
        return URI.create(said.group(1));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        return send(client, request);
    }

    private static HttpResponse<String> send(HttpClient by, HttpRequest.Builder request) {
        return send(by, request, Duration.ofSeconds(90));
    }

    private static HttpResponse<String> send(HttpClient by, HttpRequest.Builder request,
            Duration patience) {
        try {
            return by.send(request.timeout(patience).build(),
                    BodyHandlers.ofString());
        } catch (IOException | InterruptedException ex) {
            throw new IllegalStateException("no answer", ex);
        }
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(page.resolve(path));
    }

    private static HttpResponse<String> get(String path) {
        return send(to(path));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    private static HttpResponse<String> post(String path, String body) {
        return send(to("api/v1/roots/notes/" + path).header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private static Result command(String... words) {
        return cascade.run(Stream
                .concat(Stream.of(words), Stream.of("--root", notes.toString(), "--json"))
                .toArray(String[]::new));
    }

    // The same records

    @ParameterizedTest
    @ValueSource(strings = {"status", "fix|failures", "gates", "jobs",
            "search falcon|search?q=falcon",
            "get garden.md|entries?path=garden.md", "jobs show 1|jobs/1"})
    void anAnswerIsTheRecordOfTheCommand(String pair) {
        List<String> both = List.of(pair.split("\\|", -1));
        JsonNode told = command(both.getFirst().split(" ", -1)).json();
        HttpResponse<String> answer = get("api/v1/roots/notes/" + both.getLast());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(withoutNextFiring(json(answer))).isEqualTo(withoutNextFiring(told));
    }

    /// Whoever serves a root knows when it is fired next; another process can only reckon.
    private static JsonNode withoutNextFiring(JsonNode told) {
        if (told instanceof ObjectNode status && status.has("next_firing")) {
            assertThat(Instant.parse(status.get("next_firing").asString()))
                    .isAfter(Instant.parse("2026-01-01T00:00:00Z"));
            status.remove("next_firing");
        }
        return told;
    }

    @Test
    void linesOfAFileAreThoseOnDisk() {
        assertThat(json(get("api/v1/roots/notes/lines?path=garden.md&from=1&to=1")).at("/text")
                .asString()).isEqualTo("# Garden");
    }

    @Test
    @Tag("EV-22")
    void nothingOutsideOfTheRootsCanBeRead() throws IOException {
        Files.writeString(folder.resolve("secret.md"), "# secret\n");
        Files.writeString(notes.resolve("plain.txt"), "not indexed\n");
        Files.createSymbolicLink(notes.resolve("link.md"), folder.resolve("secret.md"));
        for (String path : List.of("../secret.md", "/etc/hosts", "..%2Fsecret.md", "link.md",
                "plain.txt", ".cascade/serve-token", "cascade.yaml", "a/../../secret.md")) {
            HttpResponse<String> answer = get(
                    "api/v1/roots/notes/lines?path=" + path + "&from=1&to=1");
            assertThat(answer.statusCode()).as(path).isBetween(400, 499);
            assertThat(answer.body()).as(path).doesNotContain("secret\\n", "not indexed", token);
        }
        assertThat(get("assets/../root.html").statusCode()).isBetween(400, 499);
        assertThat(get("assets/..%2froot.html").statusCode()).isBetween(400, 499);
    }

    @Test
    void whatIsWrongWithARequestIsToldAsCommandsTellIt() {
        HttpResponse<String> none = get("api/v1/roots/nowhere/status");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(json(none).at("/error/message").asString())
                .isEqualTo("no root 'nowhere' is served; there are notes, memory");
        HttpResponse<String> many = get("api/v1/roots/notes/search?q=a&limit=100000");
        assertThat(many.statusCode()).isEqualTo(400);
        assertThat(json(many).at("/error/code").asInt()).isEqualTo(2);
        assertThat(get("api/v1/roots/notes/search").statusCode()).isEqualTo(400);
        assertThat(get("api/v1/roots/notes/jobs/x").statusCode()).isEqualTo(400);
        assertThat(post("pause", "{\"reason\": \"\"}").statusCode()).isEqualTo(409);
        assertThat(post("pause", "{").statusCode()).isEqualTo(400);
        assertThat(post("pause", "{\"reason\": \"x\", \"length\": \"soon\"}").statusCode())
                .isEqualTo(400);
        assertThat(post("pause", "{\"reason\": \"x\", \"length\": \"9223372036854775807s\"}")
                .statusCode()).isEqualTo(409);
        assertThat(post("fix", "{\"paths\": [null]}").statusCode()).isEqualTo(400);
        assertThat(get("api/v1/roots/notes/search?q=%ff").statusCode()).isEqualTo(400);
        assertThat(get("api/v1/roots/notes/search?q=" + "a".repeat(2000)).statusCode())
                .isEqualTo(400);
        assertThat(get("api/v1/roots/notes/search?q=a" + "&b=c".repeat(100)).statusCode())
                .isEqualTo(400);
        assertThat(post("pause", "{\"reason\": \"x\", \"length\": \"0s\"}").statusCode())
                .isEqualTo(409);
        assertThat(post("fix", "{\"paths\": [\"../secret.md\"]}").statusCode()).isEqualTo(400);
    }

    @Test
    void whatIsNotKeptIsNotFound() {
        assertThat(post("gates/99/approve", "{\"reason\": \"x\"}").statusCode()).isEqualTo(404);
        assertThat(post("gates/99/reject", "{\"reason\": \"x\"}").statusCode()).isEqualTo(404);
        assertThat(post("jobs/999/stop", "").statusCode()).isEqualTo(404);
        HttpResponse<String> job = get("api/v1/roots/notes/jobs/999");
        assertThat(job.statusCode()).isEqualTo(404);
        assertThat(json(job).at("/error/message").asString())
                .isEqualTo("there is no execution 999");
        assertThat(get("api/v1/roots/notes/entries?path=nothing.md").statusCode()).isEqualTo(404);
        assertThat(get("roots/notes/jobs/999").statusCode()).isEqualTo(404);
        assertThat(post("jobs/1/stop", "").statusCode()).as("it ended").isEqualTo(409);
    }

    @Test
    void theApiIsDescribed() {
        HttpResponse<String> answer = get("api/v1/openapi.json");
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/json");
        assertThat(json(answer).at("/paths").propertyNames())
                .contains("/api/v1/roots/{name}/status");
    }

    // What changes something

    @Test
    @Tag("IAI-10")
    void aRunThatIsAskedForBeginsWithinASecond() {
        Trees.note(notes, "asked.md");
        assertThat(post("sync", "").statusCode()).isEqualTo(202);
        Soon.expect(LIMIT, "the note",
                () -> json(get("api/v1/roots/notes/search?q=asked.md")).at("/hits").size() > 0);
    }

    @Test
    void aFileThatFailedIsTriedAgain() {
        JsonNode report = json(post("fix", "{\"paths\": [\"broken.md\"]}"));
        assertThat(report.at("/outcome").asString()).isEqualTo("completed_with_failures");
        assertThat(report.at("/failures/0/path").asString()).isEqualTo("broken.md");
    }

    @Test
    @Tag("SK-08")
    void scheduledRunsArePausedAndResumed() {
        JsonNode paused = json(post("pause", "{\"reason\": \"moving\", \"length\": \"2h\"}"));
        assertThat(paused.at("/state").asString()).isEqualTo("paused");
        assertThat(command("status").json().at("/paused/reason").asString()).isEqualTo("moving");
        assertThat(json(post("resume", "")).at("/lifted/reason").asString()).isEqualTo("moving");
        assertThat(command("status").json().at("/paused").isNull()).isTrue();
    }

    // Who may

    @Test
    void theTokenIsForItsOwnerAloneAndNeverSaid() throws IOException {
        Path file = notes.resolve(".cascade/serve-token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(token).hasSizeGreaterThan(40);
        assertThat(serve.stdout() + serve.stderr()).contains(file.toString())
                .doesNotContain(token);
    }

    @Test
    void aTokenThatOthersCouldKnowIsNotTaken() throws IOException {
        Path root = folder.resolve("copied");
        Trees.note(root, "a.md");
        assertThat(cascade.run("sync", "--root", root.toString()).exit()).isZero();
        Path file = Files.writeString(root.resolve(".cascade/serve-token"), "k".repeat(40));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Result refused = cascade.run("serve", "--root", root.toString());
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.stderr()).contains(
                file + " can be read or written by others, or is no file",
                "Delete it; a new token is made then.");
    }

    @Test
    void changingSomethingNeedsTheToken() {
        for (HttpRequest.Builder request : List.of(to("api/v1/roots/notes/sync"),
                to("api/v1/roots/notes/sync").header("Authorization", "Bearer " + token + "x"),
                to("api/v1/roots/notes/sync").header("Authorization", "Bearer "),
                to("api/v1/roots/notes/sync").header("Authorization", "Basic " + token))) {
            HttpResponse<String> answer = send(request.POST(BodyPublishers.noBody()));
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(json(answer).at("/error/message").asString())
                    .isEqualTo("this needs the token, which was not sent or is another");
        }
        HttpResponse<String> form = send(to("roots/notes/pause")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("reason=x")));
        assertThat(form.statusCode()).isEqualTo(403);
        assertThat(command("status").json().at("/paused").isNull()).isTrue();
    }

    @Test
    void otherSitesAreNotAnswered() throws IOException {
        HttpResponse<String> foreign = send(
                to("api/v1/roots").header("Origin", "http://evil.example"));
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(raw("GET /api/v1/roots HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .doesNotContain(notes.toString());
        assertThat(raw("GET /api/v1/roots HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void aPageOfAnotherSiteDoesNotEvenMakeItWork() {
        for (String site : List.of("cross-site", "same-site")) {
            assertThat(send(to("api/v1/roots/notes/search?q=a").header("Sec-Fetch-Site", site)
                    .header("Sec-Fetch-Mode", "no-cors")).statusCode()).isEqualTo(401);
        }
        assertThat(send(to("roots/notes").header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "navigate")
                .header("Sec-Fetch-Dest", "document")).statusCode())
                .as("a link that is followed")
                .isEqualTo(200);
    }

    @Test
    void whoeverSendsSlowlyKeepsNobodyWaiting() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                Socket socket = new Socket(page.getHost(), page.getPort());
                slow.add(socket);
                socket.getOutputStream()
                        .write("""
                                POST /sign-in HTTP/1.1\r
                                Host: localhost\r
                                Content-Type: application/x-www-form-urlencoded\r
                                Content-Length: 60000\r
                                \r
                                a=""".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(send(client, to("actuator/health/liveness"), Duration.ofSeconds(5))
                    .statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void aRequestThatDoesNotComeToItsEndIsClosed() throws IOException {
        String head = """
                POST /sign-in HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/x-www-form-urlencoded\r
                """;
        List<Socket> slow = new ArrayList<>();
        try {
            for (String begin : List.of("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", "GET /",
                    head + "Content-Length: 60000\r\n\r\na=",
                    head + "Transfer-Encoding: chunked\r\n\r\nfff0\r\na=",
                    "GET /assets/icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\nGET /")) {
                Socket socket = new Socket(page.getHost(), page.getPort());
                slow.add(socket);
                socket.getOutputStream().write(begin.getBytes(StandardCharsets.US_ASCII));
            }
            Soon.expect(Duration.ofSeconds(25), "every one of them to be closed",
                    () -> slow.stream().filter(PageIT::isClosedToAByte).count() == slow.size());
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        assertThat(raw(head + "Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n"))
                .as("chunks that come in time")
                .startsWith("HTTP/1.1 403");
    }

    private static boolean isClosedToAByte(Socket socket) {
        try {
            socket.getOutputStream().write('a');
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    @Test
    void theTokenIsKnownByWhateverCase() {
        assertThat(send(to("api/v1/roots/notes/resume").header("Authorization", "bearer " + token)
                .POST(BodyPublishers.noBody())).statusCode()).isEqualTo(200);
        assertThat(send(to("roots/notes").method("HEAD", BodyPublishers.noBody())).statusCode())
                .isEqualTo(200);
    }

    /// What a request says of its own host is not left to a client that knows better.
    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(page.getHost(), page.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(request.replaceFirst("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void eachAnswerForbidsABrowserWhatItNeedNot() {
        HttpHeaders said = get("roots/notes").headers();
        assertThat(said.firstValue("content-security-policy").orElseThrow())
                .startsWith("default-src 'none'; style-src 'self'; script-src 'self'");
        assertThat(said.firstValue("x-content-type-options")).contains("nosniff");
        assertThat(said.firstValue("x-frame-options")).contains("DENY");
        assertThat(said.firstValue("referrer-policy")).contains("same-origin");
        assertThat(said.firstValue("cache-control").orElseThrow()).contains("no-store");
        assertThat(said.map()).doesNotContainKeys("set-cookie", "server", "x-powered-by");
    }

    @Test
    void anAnswerToNonsenseForbidsTheSame() throws IOException {
        for (String nonsense : List.of("NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                "GET /a//b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /a;b/c HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /a|b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /../a HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n")) {
            String answer = raw(nonsense).toLowerCase(Locale.ROOT);
            assertThat(answer).as(nonsense)
                    .matches("(?s)http/1.1 (400|405|505) .*")
                    .contains("content-security-policy: default-src 'none'",
                            "x-content-type-options: nosniff", "x-frame-options: deny",
                            "referrer-policy: same-origin", "cache-control: no-store")
                    .doesNotContain("tomcat", "apache", "exception", "\tat ", "\nserver:", "<html");
        }
    }

    @Test
    void aRequestIsBounded() throws IOException {
        assertThat(post("pause", "{\"reason\": \"%s\"}".formatted("x".repeat(200_000)))
                .statusCode()).isEqualTo(400);
        assertThat(raw("GET /?" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(20_000)
                + "\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void aBrowserSignsInOnceAndEachFormIsItsOwn() {
        CookieManager cookies = new CookieManager();
        try (HttpClient browser = HttpClient.newBuilder().cookieHandler(cookies).build()) {
            HttpResponse<String> signIn = send(browser, to("sign-in"));
            assertThat(signIn.body()).contains("serve-token").doesNotContain(token);
            HttpResponse<String> wrong = form(browser, "sign-in", signIn,
                    "token=" + "w".repeat(43));
            assertThat(wrong.headers().firstValue("Location").orElseThrow())
                    .endsWith("/sign-in?refused");
            HttpResponse<String> right = form(browser, "sign-in", signIn, "token=" + token);
            assertThat(right.headers().firstValue("Location").orElseThrow()).endsWith("/");
            assertThat(cookies.getCookieStore().getCookies())
                    .allSatisfy(cookie -> assertThat(cookie.getValue()).doesNotContain(token));
            assertThat(right.headers().allValues("Set-Cookie").toString()).contains("HttpOnly",
                    "SameSite=Strict");
            HttpResponse<String> root = send(browser, to("roots/notes"));
            assertThat(root.body()).contains("Sign out", "Run now", "Retry broken.md");
            HttpResponse<String> forged = send(browser, to("roots/notes/pause")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("reason=forged")));
            assertThat(forged.statusCode()).isEqualTo(403);
            HttpResponse<String> paused = form(browser, "roots/notes/pause", root,
                    "reason=a+walk&for=1h");
            assertThat(paused.statusCode()).isEqualTo(302);
            HttpResponse<String> after = send(browser, to("roots/notes"));
            assertThat(after.body()).contains("Paused: a walk", "Resume");
            form(browser, "roots/notes/resume", after, "");
            assertThat(command("status").json().at("/paused").isNull()).isTrue();
        }
    }

    private static HttpResponse<String> form(HttpClient browser, String path,
            HttpResponse<String> page, String fields) {
        Matcher csrf = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"").matcher(page.body());
        assertThat(csrf.find()).as("a form of its own").isTrue();
        return send(browser, to(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(fields + "&_csrf="
                        + URLEncoder.encode(csrf.group(1), StandardCharsets.UTF_8))));
    }

    // The page

    @Test
    void thePageReadsWithoutAScript() {
        assertThat(get("").body()).contains("<a href=\"/roots/notes\">notes</a>",
                "<a href=\"/roots/memory\">memory</a>");
        String body = get("roots/notes").body();
        assertThat(body).contains("<html lang=\"en\">", "Skip to the content", "broken.md:1",
                "no UTF-8", "at-risk", "<polyline class=\"pending\"", "Sign in to change things",
                "reconcile every 1d")
                .doesNotContain("Run now", "style=", "onclick", "http://", "https://");
    }

    @Test
    @Tag("EV-50")
    void howTheRootIsKeptSoundShows() {
        assertThat(command("backup").exit()).isZero();
        Soon.expect(LIMIT, "the copy on the page", () -> {
            String shown = get("roots/notes").body();
            return shown.contains("Upkeep") && shown.contains("/backups/state-");
        });
        assertThat(get("roots/notes").body()).containsPattern("next backup in \\d+ h");
    }

    @Test
    void textOfFilesIsTextOnThePage() {
        String body = get("roots/notes/search?q=falcon").body();
        assertThat(body).contains("<mark>falcon</mark>", "garden.md:1").doesNotContain("<b>");
        assertThat(get("roots/notes/search?q=%3Cscript%3Ealert(1)%3C/script%3E").body())
                .contains("&lt;script&gt;")
                .doesNotContain("<script>alert");
    }

    @Test
    void whatIsNotThereIsToldOnAPage() {
        assertThat(get("roots/nowhere").statusCode()).isEqualTo(404);
        assertThat(get("roots/nowhere").body()).contains("no root &#39;nowhere&#39; is served");
        HttpResponse<String> nothing = send(to("nothing").header("Accept", "text/html"));
        assertThat(nothing.statusCode()).isEqualTo(404);
        assertThat(nothing.body()).contains("404 Not Found");
    }

    // Health and metrics

    @Test
    @Tag("EV-57")
    void badNotesAreNoReasonToCallTheProcessUnhealthy() {
        HttpResponse<String> answer = get("actuator/health");
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode roots = json(answer).at("/components/roots");
        assertThat(roots.at("/status").asString()).isEqualTo("UP");
        assertThat(roots.at("/details/roots/notes/healthy").asBoolean()).isTrue();
        assertThat(roots.at("/details/roots/notes/failed_permanent").asLong()).isEqualTo(1);
        assertThat(roots.at("/details/roots/notes/reasons/0").asString())
                .isEqualTo("1 files cannot be indexed as they are");
        assertThat(json(get("actuator/health/liveness")).at("/status").asString())
                .isEqualTo("UP");
        assertThat(json(get("actuator/health/readiness")).at("/status").asString())
                .isEqualTo("UP");
        assertThat(get("actuator/env").statusCode()).isEqualTo(404);
        assertThat(get("actuator/heapdump").statusCode()).isEqualTo(404);
    }

    @Test
    @Tag("EV-58")
    @Tag("EV-59")
    void aStateThatCannotBeReadIsUnknownAndNamed() throws IOException {
        Path state = folder.resolve("memory/.cascade");
        Path aside = folder.resolve("memory/aside");
        Files.move(state, aside);
        try {
            Soon.expect(LIMIT, "the reading to be anew",
                    () -> !json(get("actuator/health")).at("/components/roots/details/healthy")
                            .asBoolean());
            JsonNode details = json(get("actuator/health")).at("/components/roots/details");
            assertThat(details.at("/unhealthy_roots").toString()).isEqualTo("[\"memory\"]");
            JsonNode root = details.at("/roots/memory");
            assertThat(root.at("/pending").isNull()).isTrue();
            assertThat(root.at("/reasons").toString()).contains("health probe failed: ");
            assertThat(get("actuator/health").statusCode()).isEqualTo(200);
            assertThat(metrics()).containsEntry(
                    "cascade_queue_files{root=\"memory\",state=\"pending\"}", "NaN")
                    .containsEntry("cascade_healthy{root=\"memory\"}", "0.0")
                    .containsEntry("cascade_healthy{root=\"notes\"}", "1.0");
            HttpResponse<String> status = get("api/v1/roots/memory/status");
            assertThat(status.statusCode()).isEqualTo(503);
            assertThat(get("api/v1/roots/memory/search?q=a").statusCode()).isEqualTo(503);
            assertThat(get("api/v1/roots/memory/jobs").body()).contains("Mount it");
            assertThat(get("roots/memory").body()).contains("unknown", "nothing is indexed in");
        } finally {
            Files.move(aside, state);
        }
    }

    private static Map<String, String> metrics() {
        return get("actuator/prometheus").body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toMap(line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> line.substring(line.lastIndexOf(' ') + 1)));
    }

    @Test
    void whatIsMeasuredIsDocumented() throws IOException {
        post("fix", "{\"paths\": [\"broken.md\"]}");
        Trees.note(notes, "measured.md");
        post("sync", "");
        Soon.expect(LIMIT, "a run of the schedule",
                () -> metrics().keySet()
                        .stream()
                        .anyMatch(name -> name
                                .startsWith(
                                        "cascade_run_seconds_count{job=\"reconcile\",outcome=\"c")));
        Map<String, String> metrics = metrics();
        assertThat(metrics.get("cascade_index_files{root=\"notes\"}")).isNotEqualTo("0.0");
        assertThat(metrics.keySet()).anyMatch(name -> name.startsWith("spring_batch_job_seconds"))
                .anyMatch(name -> name.startsWith("jvm_memory_used"))
                .anyMatch(name -> name.startsWith("process_files_open"));
        String docs = Files.readString(
                CascadeProcess.launcher().resolveSibling("docs/metrics.md"));
        assertThat(metrics.keySet()
                .stream()
                .filter(name -> name.startsWith("cascade_"))
                .map(name -> name.replaceAll("\\{.*", ""))
                .distinct()
                .filter(name -> !docs.contains("`" + name)))
                .as("meters that docs/metrics.md does not tell of")
                .isEmpty();
        for (String file : List.of("alerts.yml", "grafana.json")) {
            String rules = Files.readString(CascadeProcess.launcher()
                    .resolveSibling("docs/monitoring")
                    .resolve(file));
            // JSON is YAML, too.
            assertThat(new YAMLMapper().readTree(rules).size()).as(file).isPositive();
            assertThat(METER.matcher(rules).results().map(MatchResult::group).distinct())
                    .as("meters and labels in %s", file)
                    .hasSizeGreaterThan(5)
                    .allSatisfy(name -> assertThat(metrics.keySet())
                            .anyMatch(known -> known.equals(name)
                                    || known.startsWith(name + "{")
                                    || known.contains(name + "=\"")));
        }
    }

    // How it starts

    @Test
    void beyondThisMachineATokenMustBeNamedAndReadingNeedsIt() throws IOException {
        Path root = folder.resolve("third");
        Trees.note(root, "a.md");
        assertThat(cascade.run("sync", "--root", root.toString()).exit()).isZero();
        Result refused = cascade.run("serve", "--root", root.toString(), "--set",
                "serve.address=0.0.0.0");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.stderr()).contains(
                "0.0.0.0 can be reached from elsewhere, and cascade.serve.token-file is not set");
        Path file = Files.writeString(folder.resolve("token"), "0123456789abcdef\n");
        try (Running wide = cascade.background("serve", "--root", root.toString(), "--set",
                "serve.address=0.0.0.0", "--set", "serve.token-file=" + file)) {
            URI there = address(wide);
            assertThat(send(HttpRequest.newBuilder(there.resolve("api/v1/roots"))).statusCode())
                    .isEqualTo(401);
            assertThat(send(HttpRequest.newBuilder(there.resolve("sign-in"))).body())
                    .contains("Token")
                    .doesNotContain("third");
            assertThat(send(HttpRequest.newBuilder(there.resolve("roots/third")))
                    .headers()
                    .firstValue("Location")
                    .orElseThrow()).endsWith("/sign-in");
            assertThat(send(HttpRequest.newBuilder(there.resolve("actuator/health/liveness")))
                    .statusCode()).isEqualTo(200);
            assertThat(send(HttpRequest.newBuilder(there.resolve("actuator/prometheus")))
                    .statusCode()).isEqualTo(401);
            assertThat(send(HttpRequest.newBuilder(there.resolve("api/v1/roots"))
                    .header("Authorization", "Bearer 0123456789abcdef")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aPortThatIsTakenIsRefusedBeforeAnythingRuns() {
        Result refused = cascade.run("serve", "--root", notes.toString(), "--port",
                Integer.toString(page.getPort()));
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.stderr()).isEqualTo(
                """
                        cascade: port %d of 127.0.0.1 cannot be listened on: Address already in use
                          Take another with --port N, or any that is free with --port 0; cascade.serve.address must be one of this machine.
                        """
                        .formatted(page.getPort()));
    }

    @Test
    void aRootThatIsNotThereYetKeepsThePageFromNothing() {
        try (Running serve = cascade.background("serve", "--root",
                folder.resolve("later").toString(), "--root", notes.toString())) {
            URI there = address(serve);
            assertThat(send(HttpRequest.newBuilder(there.resolve("roots/later"))).body())
                    .contains("unknown", "is not mounted");
            assertThat(send(HttpRequest.newBuilder(there.resolve("api/v1/roots"))).statusCode())
                    .isEqualTo(200);
            assertThat(serve.stderr()).contains(notes.resolve(".cascade/serve-token").toString());
        }
        try (Running serve = cascade.background("serve", "--root",
                folder.resolve("later").toString())) {
            assertThat(send(HttpRequest.newBuilder(address(serve).resolve("roots/later")))
                    .statusCode()).isEqualTo(200);
        }
    }

    @Test
    void neitherVariablesNorFilesOpenADoor() throws IOException {
        Path root = folder.resolve("fourth");
        Trees.note(root, "a.md");
        assertThat(cascade.run("sync", "--root", root.toString()).exit()).isZero();
        Files.writeString(root.resolve("application.properties"),
                "management.endpoints.web.exposure.include=*\n");
        try (Running serve = CascadeProcess.in(root)
                .env("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "*")
                .env("SERVER_ADDRESS", "0.0.0.0")
                .background("serve", "--root", root.toString())) {
            URI there = address(serve);
            assertThat(there.getHost()).isEqualTo("127.0.0.1");
            assertThat(send(HttpRequest.newBuilder(there.resolve("actuator/env"))).statusCode())
                    .isEqualTo(404);
        }
    }
}
