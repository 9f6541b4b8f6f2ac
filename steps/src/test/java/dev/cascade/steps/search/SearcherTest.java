package dev.cascade.steps.search;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

import dev.cascade.config.Home;
import dev.cascade.config.Kinds;
import dev.cascade.config.Layout;
import dev.cascade.steps.index.IndexedEntry;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.index.MissingIndex;
import dev.cascade.steps.index.Written;
import dev.cascade.steps.memory.MemoryPath;
import dev.cascade.steps.memory.Outcome;
import dev.cascade.steps.memory.Scope;
import dev.cascade.steps.memory.Watermark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SearcherTest {

    private static final Scope MINE = new Scope("default", "default", "user");
    private static final Scope OTHERS = new Scope("other", "default", "user");

    @TempDir
    private Path root;

    private @Nullable Searcher open;

    @AfterEach
    void close() {
        if (open != null) {
            open.close();
        }
    }

    private Searcher over(Layout layout, Written... files) {
        Path folder = root.resolve("index");
        try (MemoryIndex index = MemoryIndex.open(folder, "root", 1,
                Kinds.of(Home.of(root, null), layout), DataSize.ofMegabytes(16))) {
            index.apply(Arrays.stream(files).<Outcome>map(file -> file.against(index)).toList());
            index.commit(new Watermark(1, 1));
        }
        open = Searcher.open(folder);
        return open;
    }

    private Searcher notes(String... texts) {
        Written file = Written.note("notes.md");
        for (int i = 0; i < texts.length; i++) {
            file.entry(Integer.toString(i), texts[i]);
        }
        return over(Layout.NOTES, file);
    }

    private static List<String> found(Searcher searcher, String query) {
        return searcher.search(SearchRequest.of(query)).stream().map(Hit::entryId).toList();
    }

    @ParameterizedTest
    @CsvSource({"painting, We are painting the shed.", "DEPLOY, We are deploying it now.",
            "retries, Set max_retries to 3.", "example, See www.example.com for more.",
            "example.com, An example of it.",
            "öl, Das Öl ist teuer.", "ol, Das Öl ist teuer.", "strasse, Die Straße ist lang.",
            "STRAßE, Die Strasse ist lang.", "resume, Voilà son résumé.",
            "voila, Voilà son résumé.", "été, L'ete dernier.", "dog, The dog's bowl.",
            "机器, 我们正在学习机器学习的基础知识。", "机器学习, 我们正在学习机器学习的基础知识。", "猫, 我家的猫很可爱。",
            "東京, 私は東京都に住んでいます。", "データベース, 新しいデータベースを設計した。", "ねこ, かわいいねこがいる。",
            "한국어, 저는 한국어를 공부합니다.", "데이터, 새로운 데이터베이스를 설계했다.", "ﾃﾞｰﾀ, 新しいデータを見た。",
            "ＡＢＣ, The abc of it.", "мир, Война и мир", "سلام, قال سلام لك",
            "ep_20260501_00000007, see ep_20260501_00000007 there"})
    void aWordInsideASentenceIsFound(String query, String text) {
        Searcher searcher = notes("entirely different", text, "другое 其他 その他 기타");
        assertThat(found(searcher, query)).containsExactly("1");
        Snippet snippet = searcher.search(SearchRequest.of(query)).getFirst().snippet();
        assertThat(snippet.marks()).as(snippet.text()).isNotEmpty();
        assertThat(snippet.text()).isEqualTo(text);
    }

    @Test
    void theExactWordComesBeforeAnInflectedOne() {
        Searcher searcher = notes("the horses ran far away", "the horse ran far away",
                "the horsemen ran far away");
        assertThat(found(searcher, "horses")).containsExactly("0", "1");
        assertThat(found(searcher, "horse")).containsExactly("1", "0");
    }

    @Test
    void entriesWithAllWordsComeFirstAndOthersFollow() {
        Searcher searcher = notes("deploy deploy deploy deploy", "window", "the deploy window",
                "something else");
        assertThat(found(searcher, "deploy window").getFirst()).isEqualTo("2");
        assertThat(found(searcher, "deploy window")).containsExactlyInAnyOrder("2", "0", "1");
    }

    @Test
    void aTitleCountsMoreThanTheBody() {
        Searcher searcher = over(Layout.NOTES,
                Written.note("a.md")
                        .entry("body", "Other", "the budget of the house and the budget of it")
                        .entry("title", "Budget", "numbers of the house and so on and so forth"));
        assertThat(found(searcher, "budget")).containsExactly("title", "body");
    }

    @Test
    void theWholeOfAJoinedWordCountsMoreThanItsParts() {
        Searcher searcher = over(Layout.NOTES,
                Written.note("a.md")
                        .entry("part", "Request", "a request, and how each request is made")
                        .entry("whole", "Other",
                                "much is said here of this and that, and of request.rawBody too"));
        assertThat(found(searcher, "request.rawBody")).containsExactly("whole", "part");
    }

    @Test
    void aMistypedWordBesideAKnownOneIsLookedForAsTheNearestOne() {
        Searcher searcher = notes("the pump", "the pump controller and all that belongs to it",
                "a controller");
        assertThat(found(searcher, "pump controler").getFirst()).isEqualTo("1");
        assertThat(searcher.search(SearchRequest.of("pump controler"))
                .getFirst()
                .snippet()
                .marked("[", "]")).startsWith("the [pump] [controller]");
        assertThat(found(searcher, "controler")).isEmpty();
    }

    @Test
    void equalAnswersComeInTheOrderOfTheirNames() {
        Searcher searcher = over(Layout.NOTES,
                Written.note("b.md").entry("1", "tea"),
                Written.note("a.md").entry("3", "tea").entry("2", "tea"));
        assertThat(found(searcher, "tea")).containsExactly("2", "3", "1");
    }

    @Test
    void aPhraseMustOccurAsItStands() {
        Searcher searcher = notes("blue green deploy", "green blue deploy", "deploy");
        assertThat(found(searcher, "\"blue green\"")).containsExactly("0");
        assertThat(found(searcher, "deploy \"green blue\"")).containsExactly("1");
        assertThat(found(searcher, "\u201Cblue green\u201D")).containsExactly("0");
        assertThat(found(searcher, "\"deploy blue\"")).isEmpty();
    }

    @Test
    void aPhraseMayMixScripts() {
        Searcher searcher = notes("昨日東京 tower を見た", "tower 東京");
        assertThat(found(searcher, "\"東京 tower\"")).containsExactly("0");
        assertThat(found(searcher, "\"昨日東京\"")).containsExactly("0");
    }

    @Test
    void aPhraseDoesNotRunFromOneValueToTheNext() {
        Searcher searcher = over(Layout.NOTES, Written.note("a.md")
                .entry("0", "", null, null,
                        Map.of("body", List.of("ends with blue"), "description",
                                List.of("green begins"))));
        assertThat(found(searcher, "\"blue green\"")).isEmpty();
        assertThat(found(searcher, "green")).containsExactly("0");
    }

    @Test
    void aStarFindsWhatBeginsSo() {
        Searcher searcher = notes("kubernetes cluster", "kube", "a cube", "Überraschung");
        assertThat(found(searcher, "kube*")).containsExactly("1", "0");
        assertThat(found(searcher, "KUBERN*")).containsExactly("0");
        assertThat(found(searcher, "überr*")).containsExactly("3");
        assertThat(found(searcher, "*")).isEmpty();
    }

    @Test
    void aMinusLeavesOut() {
        Searcher searcher = notes("red apple", "green apple", "red-ish pear", "run with -Xmx2g");
        assertThat(found(searcher, "apple -red")).containsExactly("1");
        assertThat(found(searcher, "apple -\"red apple\"")).containsExactly("1");
        assertThat(found(searcher, "apple -gre*")).containsExactly("0");
        assertThat(found(searcher, "apple - red")).contains("0", "1");
        assertThat(found(searcher, "-Xmx2g")).containsExactly("3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "apple\"", "\"apple", "apple:", ":apple", "(apple", "apple)",
            "[apple", "apple]", "{apple", "apple AND", "apple ~", "apple^", "apple/", "/apple",
            "apple\\", "+apple", "!apple", "apple &&", "colour:apple", "apple?", "'apple'",
            "title: apple",
            "apple \"\"", "apple -", "apple -\"", "apple*\""})
    void strayCharactersAreText(String query) {
        Searcher searcher = notes("red apple", "pear");
        if (query.contains("apple")) {
            assertThat(found(searcher, query)).contains("0");
        } else {
            assertThat(found(searcher, query)).isEmpty();
        }
    }

    @Test
    void noQueryEverFails() {
        Searcher searcher = notes("red apple", "東京 tower");
        Random random = new Random(7);
        String alphabet = "ab 東京\"\"--**:()[]{}~^!&|+\\/?'\u201C\u201D\u0000\u0001\uD83D\uDE00\uD800"
                + "\n\té\u0301\u3000カﾞ한글.,;_%$#@<>=\uFDFA";
        for (int i = 0; i < 3000; i++) {
            String query = random.ints(1 + random.nextInt(30), 0, alphabet.length())
                    .mapToObj(at -> String.valueOf(alphabet.charAt(at)))
                    .collect(Collectors.joining());
            if (!query.isBlank()) {
                assertThat(searcher.search(SearchRequest.of(query))).isNotNull();
            }
        }
        assertThat(found(searcher, "apple " + "x ".repeat(5000))).containsExactly("0");
        assertThat(found(searcher, "東京" + "京都市".repeat(5000))).isNotNull();
        assertThat(found(searcher, "y".repeat(100_000))).isEmpty();
        for (String many : List.of("kind:note ", "-kind:x ", "path:notes ", "title:x ", "\"a b\" ",
                "-\"a b\" ", "body:x* ", "a.b.c.d.e.f.g.h ", "mistypd ")) {
            assertThat(found(searcher, "apple " + many.repeat(2000))).isNotNull();
        }
        assertThat(found(searcher, "東京都 mistypd ".repeat(60))).isNotNull();
        assertThat(found(searcher, "path:" + "a".repeat(500))).isEmpty();
        assertThat(found(searcher, "path:" + "a".repeat(100_000))).isEmpty();
        assertThat(found(searcher, "path:" + "*?\\".repeat(150))).isEmpty();
    }

    @Test
    void anEmptyQueryIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> SearchRequest.of(" \n"))
                .withMessageContaining("the query is empty");
    }

    @Test
    @Tag("EV-68")
    void filtersNarrowWhatIsFound() {
        Searcher searcher = over(Layout.EVEROS,
                Written.of("default_app/default_project/users/u1/episodes/episode-1.md", "episode",
                        MINE, "u1")
                        .entry("ep_1", "", "2026-01-01T00:00:00Z", null,
                                Map.of("content", List.of("tea")))
                        .entry("ep_2", "", "2026-02-01T00:00:00Z", null,
                                Map.of("content", List.of("tea"))),
                Written.of("other/default_project/users/u2/episodes/episode-1.md", "episode",
                        OTHERS, "u2").entry("ep_3", "tea"),
                Written.of("other/default_project/users/u2/.atomic_facts/atomic_fact-1.md",
                        "atomic_fact", OTHERS, "u2")
                        .entry("af_1", "", null, null, Map.of("fact", List.of("tea"))));
        assertThat(found(searcher, "tea")).hasSize(4);
        assertThat(ids(searcher, filter(Set.of("atomic_fact"), null, null, null, null)))
                .containsExactly("af_1");
        assertThat(ids(searcher, filter(Set.of("atomic_fact", "episode"), "other", null, null,
                null))).containsExactlyInAnyOrder("af_1", "ep_3");
        assertThat(ids(searcher, filter(Set.of("none"), null, null, null, null))).isEmpty();
        assertThat(ids(searcher, filter(Set.of(), null, "u1", null, null)))
                .containsExactlyInAnyOrder("ep_1", "ep_2");
        assertThat(ids(searcher, filter(Set.of(), null, null, "other/default_project", null)))
                .containsExactlyInAnyOrder("af_1", "ep_3");
        assertThat(ids(searcher, filter(Set.of(), null, null, "other/default", null))).isEmpty();
        assertThat(ids(searcher, filter(Set.of(), null, null,
                "default_app/default_project/users/u1/episodes/episode-1.md", null))).hasSize(2);
        assertThat(ids(searcher, filter(Set.of(), null, null, null,
                Instant.parse("2026-02-01T00:00:00Z")))).containsExactly("ep_2");
    }

    private static SearchRequest filter(Set<String> kinds, @Nullable String app,
            @Nullable String owner, @Nullable String below, @Nullable Instant since) {
        return SearchRequest.of("tea")
                .filter(new Filter(kinds, app, null, owner,
                        below == null ? null : new MemoryPath(below), since, null, Set.of()));
    }

    private static List<String> ids(Searcher searcher, SearchRequest request) {
        return searcher.search(request).stream().map(Hit::entryId).toList();
    }

    @Test
    @Tag("EV-68")
    void aFieldThatTheIndexHasNarrowsTheSearch() {
        Searcher searcher = over(Layout.NOTES, Written.note("a/one.md")
                .entry("0", "Tea", null, null,
                        Map.of("body", List.of("green leaves"), "tags",
                                List.of("drink", "hot/daily"), "description",
                                List.of("A warm one")))
                .entry("1", "Coffee", null, null,
                        Map.of("body", List.of("roasted tea beans"), "tags", List.of("drink"))),
                Written.note("b/two.md")
                        .entry("2", "Teapot", null, null, Map.of("body", List.of("clay"))));
        assertThat(found(searcher, "title:tea")).containsExactly("0");
        assertThat(found(searcher, "title:tea*")).containsExactlyInAnyOrder("0", "2");
        assertThat(found(searcher, "BODY:tea")).containsExactly("1");
        assertThat(found(searcher, "title:\"tea\" green")).containsExactly("0");
        assertThat(found(searcher, "body:\"tea roasted\"")).isEmpty();
        assertThat(found(searcher, "description:warm")).containsExactly("0");
        assertThat(found(searcher, "description:\"one warm\"")).containsExactly("0");
        assertThat(found(searcher, "tag:drink")).containsExactlyInAnyOrder("0", "1");
        assertThat(found(searcher, "tags:drink -title:coffee")).containsExactly("0");
        assertThat(found(searcher, "tags:hot*")).containsExactly("0");
        assertThat(found(searcher, "tags:drink roasted")).containsExactly("1");
        assertThat(found(searcher, "tags:drink absent")).isEmpty();
        assertThat(found(searcher, "path:two")).containsExactly("2");
        assertThat(found(searcher, "path:a/ tea")).containsExactlyInAnyOrder("0", "1");
        assertThat(found(searcher, "kind:note")).hasSize(3);
        assertThat(found(searcher, "-tag:drink")).containsExactly("2");
    }

    @ParameterizedTest
    @CsvSource({"quality_score:0.5, c1", "quality_score:>0.5, c2", "quality_score:>=0.5, c1 c2",
            "quality_score:<0.9, c1", "quality_score:<=0.9, c1 c2", "-quality_score:0.5, c2",
            "quality_score:high, ''", "timestamp:2026-01-31, c1", "timestamp:>2026-01-31, c2",
            "timestamp:>=2026-01-31T12:00:00Z, c1 c2", "timestamp:<2026-01-31T12:00:00+00:00, ''",
            "timestamp:<=2026-02-01, c1 c2"})
    void numbersAndTimesCanBeCompared(String query, String expected) {
        Searcher searcher = over(Layout.EVEROS, Written
                .of("a/b/agents/m/.cases/agent_case-1.md", "agent_case",
                        new Scope("a", "b", "agent"), "m")
                .entry("c1", "", null, null, Map.of("task_intent", List.of("tea"),
                        "quality_score", List.of("0.5"), "timestamp",
                        List.of("2026-01-31T12:00:00Z")))
                .entry("c2", "", null, null, Map.of("task_intent", List.of("tea"),
                        "quality_score", List.of("0.9"), "timestamp",
                        List.of("2026-02-01T00:00:00Z"))));
        assertThat(found(searcher, query)).containsExactlyInAnyOrderElementsOf(
                expected.isEmpty() ? List.of() : List.of(expected.split(" ")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.com", "std::vector", "note: vector", "title:",
            "a:b:c vector", "kind: vector", ":vector", "quality_score:vector"})
    void aColonBehindAnythingElseIsText(String query) {
        Searcher searcher = notes("see http://example.com and std::vector here, note title a b c");
        assertThat(found(searcher, query)).containsExactly("0");
    }

    @Test
    void aNoteIsFoundOnceByItsBestSection() {
        Searcher searcher = over(Layout.NOTES,
                Written.note("a.md")
                        .entry("0", "Other", "tea and a lot of other words that dilute it")
                        .entry("1", "Tea", "tea tea"),
                Written.note("b.md").entry("2", "tea once, with more words than the others have"));
        SearchRequest each = SearchRequest.of("tea");
        assertThat(ids(searcher, each)).startsWith("1").hasSize(3);
        assertThat(ids(searcher, each.allSections(false))).containsExactly("1", "2");
        assertThat(ids(searcher, each.allSections(false).limit(1))).containsExactly("1");
    }

    @Test
    void entriesOfALogAreFoundEach() {
        Searcher searcher = over(Layout.EVEROS,
                Written.episodes("a/b/users/u1/episodes/episode-1.md", "u1")
                        .entry("ep_1", "tea")
                        .entry("ep_2", "tea"));
        assertThat(ids(searcher, SearchRequest.of("tea").allSections(false)))
                .containsExactlyInAnyOrder("ep_1", "ep_2");
    }

    @Test
    void tagsAndDatesNarrowWhatIsFound() {
        Searcher searcher = over(Layout.NOTES,
                Written.note("a.md")
                        .entry("0", "", "2026-01-01T00:00:00Z", null, Map.of("body", List.of("tea"),
                                "tags", List.of("hot/daily", "green")))
                        .entry("1", "", "2026-02-01T00:00:00Z", null,
                                Map.of("body", List.of("tea"), "tags", List.of("hotter")))
                        .entry("2", "tea"));
        assertThat(ids(searcher, tea(null, null, "hot"))).containsExactly("0");
        assertThat(ids(searcher, tea(null, null, "hot/daily", "green"))).containsExactly("0");
        assertThat(ids(searcher, tea(null, null, "hot", "hotter"))).isEmpty();
        assertThat(ids(searcher, tea(null, "2026-02-01T00:00:00Z"))).containsExactly("0");
        assertThat(ids(searcher, tea("2026-01-01T00:00:00Z", "2026-02-01T00:00:01Z")))
                .containsExactlyInAnyOrder("0", "1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tea("2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"))
                .withMessageContaining("nothing is dated since");
        String[] many = new String[40];
        Arrays.setAll(many, Integer::toString);
        assertThatIllegalArgumentException().isThrownBy(() -> tea(null, null, many))
                .withMessageContaining("40 tags");
    }

    private static SearchRequest tea(@Nullable String since, @Nullable String until,
            String... tags) {
        return SearchRequest.of("tea")
                .filter(new Filter(Set.of(), null, null, null, null,
                        since == null ? null : Instant.parse(since),
                        until == null ? null : Instant.parse(until), Set.of(tags)));
    }

    @ParameterizedTest
    @CsvSource({"humdity, humidity", "the humdity sensr, the humidity sensor",
            "Humidty \"sensor of\", humidity \"sensor of\"",
            "\"humidty sensor\", \"humidity sensor\"",
            "humdity -sensr, humidity -sensr", "title:humdity sensr, title:humdity sensor"})
    void aWordThatNoEntryHoldsIsTakenForTheNearestOne(String typed, String meant) {
        Searcher searcher = notes("the humidity sensor of the greenhouse", "humid sense");
        assertThat(searcher.corrected(typed)).contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"humidity", "xyzzyplugh", "humdi*", "hum", "湿度", "x1234y"})
    void whatIsKnownOrLikeNothingIsLeftAsItIs(String typed) {
        assertThat(notes("the humidity sensor", "湿気").corrected(typed)).isEmpty();
    }

    @Test
    void aWordIsMendedWhereItStandsAndNotInAName() {
        Searcher searcher = over(Layout.NOTES,
                Written.note("a.md").entry("0", "The title", "of it"));
        assertThat(searcher.corrected("title:titl titel")).contains("title:titl title");
    }

    @Test
    void aPageOfUnknownWordsIsNotLookedUpWordByWord() {
        Searcher searcher = notes("the humidity sensor");
        String page = "humdity sensr " + "zzqx%s ".repeat(500);
        assertThat(searcher.corrected(page)).hasValueSatisfying(
                mended -> assertThat(mended).startsWith("humidity sensor zzqx"));
    }

    @Test
    void aLongQueryLosesNothingThatMustOrMustNotMatch() {
        Searcher searcher = notes("red apple of the garden", "green apple of the garden");
        String words = "apple garden ".repeat(100);
        assertThat(found(searcher, words + "-red")).containsExactly("1");
        assertThat(found(searcher, words + "\"red apple\"")).containsExactly("0");
        assertThat(found(searcher, words + "body:green")).containsExactly("1");
    }

    @Test
    void whatIsUnderstoodIsNeitherAFieldNorLeftOut() {
        assertThat(notes("x").prose("blue -red title:tea \"a b\" pre* url:x"))
                .isEqualTo("blue a b pre url:x");
    }

    @Test
    void aHitTellsWhereAndWhatItIs() {
        Searcher searcher = over(Layout.EVEROS, Written
                .of("default_app/default_project/users/u1/episodes/episode-1.md", "episode", MINE,
                        "u1")
                .skip(5)
                .entry("ep_1", "Subject", "2026-01-01T00:00:00Z", "mc_9",
                        Map.of("content", List.of("Some  tea\nfor two."))));
        Hit hit = searcher.search(SearchRequest.of("tea two")).getFirst();
        assertThat(hit.path()).hasToString(
                "default_app/default_project/users/u1/episodes/episode-1.md");
        assertThat(List.of(hit.rank(), hit.line(), hit.kind(), hit.rowId(), hit.entryId(),
                hit.title(), hit.app(), hit.project(), hit.ownerId()))
                .containsExactly(1, 6, "episode", "u1_ep_1", "ep_1", "Subject", "default",
                        "default", "u1");
        assertThat(hit.parentId()).isEqualTo("mc_9");
        assertThat(hit.timestamp()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(hit.score()).isPositive();
        assertThat(hit.snippet().marked("[", "]")).isEqualTo("Some [tea] for [two].");
    }

    @Test
    void aSnippetIsOneLineAroundTheBestPassage() {
        String filler = "Nothing to see here, just a few words that fill the page. ".repeat(40);
        Searcher searcher = notes(filler + "\n\nThe needle lies in the hay.\n\n" + filler,
                "字".repeat(600) + "針は干し草の中" + "字".repeat(600));
        Snippet english = searcher.search(SearchRequest.of("needle hay")).getFirst().snippet();
        assertThat(english.marked("[", "]")).contains("The [needle] lies in the [hay].")
                .startsWith("\u2026")
                .doesNotContain("\n");
        assertThat(english.text()).hasSizeBetween(120, 242);
        Snippet japanese = searcher.search(SearchRequest.of("干し草")).getFirst().snippet();
        assertThat(japanese.marked("[", "]")).contains("針は[干し草]の中")
                .startsWith("\u2026")
                .endsWith("\u2026");
        assertThat(japanese.text()).hasSizeBetween(120, 242);
    }

    @Test
    void aHitByItsTitleShowsHowTheTextBegins() {
        Searcher searcher = over(Layout.NOTES,
                Written.note("a.md").entry("0", "Budget", "Numbers.").entry("1", "Budget", ""));
        assertThat(searcher.search(SearchRequest.of("budget"))).extracting(Hit::snippet)
                .containsExactlyInAnyOrder(
                        new Snippet("Numbers.", List.of(), new Snippet.Mark(0, 0)), Snippet.EMPTY);
    }

    @Test
    @Tag("EV-64")
    @Tag("IAI-12")
    void deprecatedRowsNeverAppear() {
        Written[] files = {Written.episodes("a/b/users/u1/episodes/episode-1.md", "u1")
                .entry("ep_1", "tea")
                .entry("ep_2", "tea with lemon and honey"),
                Written.episodes("a/b/users/u1/episodes/episode-2.md", "u1")
                        .deprecating("ep_1", "ep_2"),
                Written.episodes("a/b/users/u2/episodes/episode-1.md", "u2")
                        .entry("ep_1", "tea of another owner")};
        Searcher searcher = over(Layout.EVEROS, files);
        assertThat(searcher.search(SearchRequest.of("tea"))).extracting(Hit::rowId)
                .containsExactlyInAnyOrder("u1_ep_2", "u2_ep_1");
        assertThat(searcher.byRow("u1_ep_1")).extracting(IndexedEntry::replacedBy)
                .containsExactly("ep_2");
    }

    @Test
    void aHiddenRowDoesNotCostAHit() {
        Written rows = Written.episodes("a/b/users/u1/episodes/episode-1.md", "u1");
        for (int i = 0; i < 200; i++) {
            rows.entry("ep_" + i, "tea");
            if (i < 150) {
                rows.deprecating("ep_" + i, "ep_199");
            }
        }
        Searcher searcher = over(Layout.EVEROS, rows);
        assertThat(found(searcher, "tea")).hasSize(10)
                .allMatch(id -> Integer.parseInt(id.substring(3)) >= 150);
        assertThat(searcher.search(SearchRequest.of("tea").limit(100))).hasSize(50);
    }

    @Test
    void aRowOfTwoFilesIsShownAsTheFirstHasIt() {
        Searcher searcher = over(Layout.EVEROS,
                Written.episodes("a/b/users/u1/episodes/episode-2.md", "u1")
                        .entry("ep_1",
                                "coffee"),
                Written.episodes("a/b/users/u1/episodes/episode-1.md", "u1").entry("ep_1", "tea"));
        assertThat(searcher.search(SearchRequest.of("tea coffee"))).hasSize(1);
        assertThat(found(searcher, "coffee")).isEmpty();
        assertThat(searcher.conflicts(5)).hasSize(1);
        assertThat(searcher.byRow("u1_ep_1")).extracting(found -> found.path().name())
                .containsExactly("episode-1.md");
    }

    @Test
    void aRowOfVeryManyFilesIsShownOnce() {
        Written[] files = new Written[3000];
        for (int i = 0; i < files.length; i++) {
            files[i] = Written.episodes("a/b/users/u%04d/episodes/episode-1.md".formatted(i), "u1")
                    .entry("ep_1", "tea");
        }
        Searcher searcher = over(Layout.EVEROS, files);
        assertThat(searcher.search(SearchRequest.of("tea"))).extracting(hit -> hit.path().value())
                .containsExactly("a/b/users/u0000/episodes/episode-1.md");
    }

    @Test
    void notesOfTheSameHeadingDoNotFightOverARow() {
        Searcher searcher = over(Layout.NOTES, Written.note("a.md").entry("introduction", "tea"),
                Written.note("b.md")
                        .entry("introduction", "tea")
                        .entry("old", "tea")
                        .deprecating("old", "introduction"));
        assertThat(searcher.search(SearchRequest.of("tea"))).extracting(Hit::rowId)
                .containsExactly("a.md#introduction", "b.md#introduction");
        assertThat(searcher.conflicts(9)).isEmpty();
    }

    @Test
    void parentsAreFollowedUntilOneIsMissingOrComesAgain() {
        Searcher searcher = over(Layout.EVEROS,
                Written.episodes("a/b/users/u1/episodes/episode-1.md", "u1")
                        .entry("ep_1", "", null, "missing", Map.of())
                        .entry("ep_2", "", null, "ep_1", Map.of())
                        .entry("round", "", null, "trip", Map.of())
                        .entry("trip", "", null, "round", Map.of()),
                Written.of("a/b/users/u1/.atomic_facts/atomic_fact-1.md", "atomic_fact",
                        MINE, "u1").entry("af_1", "", null, "ep_2", Map.of()),
                Written.episodes("a/b/users/u0/episodes/episode-1.md", "u0").entry("ep_2", "no"));
        assertThat(parents(searcher, "u1_af_1")).containsExactly("u1_ep_2", "u1_ep_1");
        assertThat(parents(searcher, "u1_round")).containsExactly("u1_trip");
    }

    private static List<String> parents(Searcher searcher, String id) {
        return searcher.parents(searcher.byRow(id).getFirst())
                .stream()
                .map(parent -> parent.entry().row().shown())
                .toList();
    }

    @Test
    void anEntryIsFoundByItsKeyToo() {
        Written file = Written.note("a.md").entry("0", "text");
        Searcher searcher = over(Layout.NOTES, file);
        assertThat(searcher.byRow(file.document().entries().getFirst().row().key())).hasSize(1);
        assertThat(searcher.byRow("unheard of")).isEmpty();
        assertThat(searcher.byPath(file.path())).hasSize(1);
        assertThat(searcher.file(file.path())).isPresent();
    }

    @Test
    void searchingWhereThereIsNoIndexSaysSo() {
        assertThatExceptionOfType(MissingIndex.class)
                .isThrownBy(() -> Searcher.open(root.resolve("none")));
    }
}
