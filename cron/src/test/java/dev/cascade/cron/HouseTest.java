package dev.cascade.cron;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.batch.infrastructure.item.ItemProcessor;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;

import dev.cascade.steps.OutcomeWriter;
import dev.cascade.steps.index.MemoryIndex;
import dev.cascade.steps.ledger.Ledger;
import dev.cascade.steps.ledger.StateDatabase;
import dev.cascade.steps.ledger.VectorCache;
import dev.cascade.steps.ledger.VectorLedger;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/// The laws of the house. Each says what to do when it is in the way.
class HouseTest {

    private static final String CONFIG = "dev.cascade.config";
    private static final String MEMORY = "dev.cascade.steps.memory";
    private static final String TREE = "dev.cascade.steps.tree";
    private static final String PARSE = "dev.cascade.steps.parse";
    private static final String EMBED = "dev.cascade.steps.embed";
    private static final String INDEX = "dev.cascade.steps.index";
    private static final String SEARCH = "dev.cascade.steps.search";
    private static final String LEDGER = "dev.cascade.steps.ledger";
    private static final String STEPS = "dev.cascade.steps";
    private static final String JOBS = "dev.cascade.jobs";
    private static final String CRON = "dev.cascade.cron";
    private static final String CLI = "dev.cascade.cron.cli";
    private static final String SCHEDULE = "dev.cascade.cron.schedule";
    private static final String MCP = "dev.cascade.cron.mcp";
    private static final String WEB = "dev.cascade.cron.web";
    private static final String REPORT = "dev.cascade.cron.report";

    private static final String[] JDK_AND_JSPECIFY = {"java..", "javax..", "org.jspecify.."};

    private static JavaClasses house;

    @BeforeAll
    static void look() {
        house = new ClassFileImporter().withImportOption(HouseTest::isProduct)
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.cascade");
    }

    /// The jars of test classes that other modules share do not belong to the product.
    private static boolean isProduct(Location location) {
        return !location.contains("-tests.jar");
    }

    @Test
    void enoughClassesAreSeenForTheRulesToMeanSomething() {
        assertThat(house.size()).isGreaterThan(200);
        for (String inhabited : List.of(CONFIG, MEMORY, TREE, PARSE, EMBED, INDEX, SEARCH, LEDGER,
                STEPS,
                JOBS, CLI, SCHEDULE, MCP, WEB, REPORT)) {
            assertThat(house.that(resideInAPackage(inhabited))).as(inhabited)
                    .hasSizeGreaterThan(3);
        }
    }

    // Directions

    @Test
    void configKnowsNoOtherModule() {
        noClasses().that()
                .resideInAPackage(CONFIG + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(STEPS + "..", JOBS + "..", CRON + "..")
                .because("config says what may be said, not what is done with it; "
                        + "move the code to the module that does it")
                .check(house);
    }

    @Test
    void stepsKnowNothingOfJobsAndCron() {
        noClasses().that()
                .resideInAPackage(STEPS + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(JOBS + "..", CRON + "..")
                .because("how a file is handled must not depend on the order or the hour; "
                        + "pass what the step needs to its constructor")
                .check(house);
    }

    @Test
    void jobsKnowNothingOfCron() {
        noClasses().that()
                .resideInAPackage(JOBS + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CRON + "..")
                .because("a job runs alike from cron, a shell and a test; "
                        + "let cron ask Jobs and tell the answer")
                .check(house);
    }

    @Test
    void memoryIsMadeOfTheJdkAlone() {
        onlyDependsOn(MEMORY, MEMORY)
                .because("the domain outlives every library; "
                        + "translate the library's type at the border of its package")
                .check(house);
    }

    @Test
    void theTreeSeesMemoryAndConfigOnly() {
        seesMemoryAndConfigOnly(TREE);
    }

    @Test
    void theParserSeesMemoryAndConfigOnly() {
        seesMemoryAndConfigOnly(PARSE);
    }

    @Test
    void theEmbedderSeesMemoryAndConfigOnly() {
        seesMemoryAndConfigOnly(EMBED);
    }

    @Test
    void theIndexSeesMemoryAndConfigOnly() {
        seesMemoryAndConfigOnly(INDEX);
    }

    @Test
    void theLedgerSeesMemoryAndConfigOnly() {
        seesMemoryAndConfigOnly(LEDGER);
    }

    @Test
    void searchSeesTheIndexBesidesMemoryAndConfig() {
        seesOnly(SEARCH, MEMORY, CONFIG, INDEX);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching("dev.cascade.(**)")
                .should()
                .beFreeOfCycles()
                .because("a package that is needed by what it needs cannot be read, tested or "
                        + "taken apart alone; move what both need to where the arrow points")
                .check(house);
    }

    // One home for each library

    @Test
    void luceneLivesInIndexAndSearch() {
        livesIn(List.of(INDEX, SEARCH), "org.apache.lucene..")
                .because("another search engine must mean another index package and nothing else; "
                        + "give MemoryIndex, IndexView or Searcher a method in our own words")
                .check(house);
    }

    @Test
    void jdbcAndSqliteLiveInTheLedger() {
        noClasses().that()
                .resideOutsideOfPackage(LEDGER)
                .and()
                .doNotHaveFullyQualifiedName(JOBS + ".Batch")
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql..",
                        "org.sqlite..", "com.zaxxer..", "org.flywaydb..",
                        "org.springframework.jdbc..", "org.springframework.dao..",
                        "org.springframework.transaction.."))
                .because("SQL and its errors are told in our own words at the ledger's border; "
                        + "add a method there. Only jobs.Batch may hand the DataSource on, for "
                        + "Spring Batch keeps its job repository in the same file")
                .check(house);
    }

    @Test
    void yamlLivesInParseAndConfig() {
        livesIn(List.of(PARSE, CONFIG), "tools.jackson.dataformat.yaml..", "org.snakeyaml..",
                "org.yaml..")
                .because("YAML is read in two places, a file's frontmatter and the settings; "
                        + "ask these for the value")
                .check(house);
    }

    @Test
    void markdownIsReadInParse() {
        livesIn(List.of(PARSE), "org.commonmark..")
                .because("what a heading is must have one answer; let MemoryParser say it")
                .check(house);
    }

    @Test
    void ignoreFilesAreReadInTheTree() {
        livesIn(List.of(TREE), "org.eclipse.jgit..")
                .because("which files count must have one answer; ask Tree.covers")
                .check(house);
    }

    @Test
    void modelsAreRunInTheEmbedder() {
        livesIn(List.of(EMBED), "ai.onnxruntime..", "ai.djl..")
                .because("native code that fails must fail in one place, as EmbedderTrouble; "
                        + "ask an Embedder for the vector")
                .check(house);
    }

    @Test
    void nothingOfTheTokenizersThatReachesForTheNetworkIsUsed() {
        noClasses().should()
                .dependOnClassesThat(resideInAPackage("ai.djl..")
                        .and(DescribedPredicate.not(
                                resideInAPackage("ai.djl.huggingface.tokenizers.jni")))
                        .and(DescribedPredicate.not(assignableTo(RuntimeException.class))))
                .because("the library's own tokenizer reports each start and its models are "
                        + "fetched; its native functions do neither")
                .check(house);
    }

    @Test
    void springBatchLivesInStepsAndJobs() {
        livesIn(List.of(STEPS, JOBS), "org.springframework.batch..")
                .because("readers, processors, writers and their order are Spring Batch; what "
                        + "they work with is not. Put the work in a class of the package below")
                .check(house);
    }

    @Test
    void quartzLivesInTheSchedule() {
        livesIn(List.of(SCHEDULE), "org.quartz..", "org.springframework.scheduling.quartz..")
                .because("when a job runs is decided in one place; ask Jobs to run it")
                .check(house);
    }

    @Test
    void picocliLivesInTheCommandLine() {
        livesIn(List.of(CLI), "picocli..")
                .because("a command turns words into one call and its answer into words; "
                        + "move the rest to jobs or steps")
                .check(house);
    }

    @Test
    void theAgentsProtocolLivesInMcp() {
        livesIn(List.of(MCP), "io.modelcontextprotocol..", "reactor..")
                .because("an agent gets the records that people get; "
                        + "what a tool does belongs to jobs")
                .check(house);
    }

    @Test
    void thePageLivesInWeb() {
        livesIn(List.of(WEB), "org.springframework.web..", "org.springframework.security..",
                "org.springframework.http..", "org.springframework.ui..",
                "org.springframework.stereotype..", "org.springframework.boot.autoconfigure..",
                "org.springframework.boot.actuate..", "org.springframework.boot.health..",
                "org.springframework.context..", "org.thymeleaf..", "jakarta.servlet..",
                "io.micrometer.core..")
                .because("whoever looks over HTTP gets the records that commands tell; "
                        + "only serve starts a context (decision 28)")
                .check(house);
    }

    @Test
    void reportsKnowNothingOfWhoTellsThem() {
        noClasses().that()
                .resideInAPackage(REPORT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CLI, WEB, MCP, SCHEDULE)
                .because("commands and the API tell the same records; "
                        + "what only one of them says belongs to it")
                .check(house);
    }

    @Test
    void theNetworkIsReachedFromTheEmbedder() {
        noClasses().that()
                .resideOutsideOfPackages(EMBED)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "org.springframework.web.client..")
                .because("keyword indexing must work without any network; "
                        + "send requests from the embedder alone")
                .check(house);
    }

    // Who may write

    @Test
    void onlyTheOutcomeWriterCommitsTheIndexAndSettlesTheLedger() {
        noClasses().that()
                .doNotBelongToAnyOf(OutcomeWriter.class, MemoryIndex.class, Ledger.class)
                .should(callMethodWhere(
                        callTo(MemoryIndex.class, "apply", "applyVectors", "commit", "rollback")))
                .orShould(callMethodWhere(callTo(Ledger.class, "settle")))
                .because("index before ledger is an order, and an order has one place; "
                        + "return an Outcome and let OutcomeWriter make it durable")
                .check(house);
    }

    @Test
    void onlyTheOutcomeWriterAndTendTouchTheIndexAtAll() {
        noClasses().that()
                .doNotBelongToAnyOf(OutcomeWriter.class, MemoryIndex.class)
                .and()
                .doNotHaveFullyQualifiedName("dev.cascade.jobs.Jobs")
                .and()
                .doNotHaveFullyQualifiedName("dev.cascade.jobs.Housekeeping")
                .should(callMethodWhere(
                        callTo(MemoryIndex.class, "apply", "applyVectors", "commit", "rollback",
                                "mergeDeletes")))
                .because("merging takes disk and minutes; it belongs to tend and its deadline, "
                        + "which get it from whoever launches the job")
                .check(house);
    }

    @Test
    void onlyTheIndexPackageTouchesTheIndexWriter() {
        noClasses().that()
                .resideOutsideOfPackage(INDEX)
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.apache.lucene.index.IndexWriter")
                .because("two owners of a writer publish each other's half-written chunks; "
                        + "go through MemoryIndex")
                .check(house);
    }

    @Test
    void processorsNeverWrite() {
        noClasses().that()
                .implement(ItemProcessor.class)
                .should(callMethodWhere(callTo(Ledger.class)))
                .orShould(callMethodWhere(
                        callTo(MemoryIndex.class, "apply", "applyVectors", "commit", "rollback",
                                "mergeDeletes")))
                .orShould(callMethodWhere(
                        callTo(VectorLedger.class, "settle", "use", "retryNow", "prune")))
                .orShould(callMethodWhere(callTo(VectorCache.class, "keep", "evict")))
                .orShould(callMethodWhere(callTo(java.nio.file.Files.class, "write", "writeString",
                        "move", "delete", "deleteIfExists", "copy", "createFile",
                        "createDirectory", "createDirectories", "newOutputStream")))
                .because("an item may be processed twice, and beside others; "
                        + "put what is to be done into the Outcome")
                .check(house);
    }

    @Test
    @Tag("HM-07")
    void theSchemaIsMigratedInOnePlace() {
        classes().that(doDependOn(Flyway.class))
                .should()
                .be(StateDatabase.class)
                .because("a schema that two places change is in no known state; "
                        + "open the database through StateDatabase")
                .check(house);
        assertThat(house.get(StateDatabase.class)
                .getMethodCallsFromSelf()
                .stream()
                .filter(call -> call.getName().equals("migrate"))
                .filter(call -> !call.getTargetOwner().isEquivalentTo(StateDatabase.class)))
                .as("calls of Flyway's migrate()")
                .hasSize(1);
    }

    @Test
    @Tag("HM-07")
    void onlyWhoHoldsTheRootsLockOpensADatabaseThatMayBeMigrated() {
        noClasses().that()
                .doNotBelongToAnyOf(StateDatabase.class)
                .and()
                .doNotHaveFullyQualifiedName(JOBS + ".RootAccess")
                .should(callMethodWhere(callTo(StateDatabase.class, "openForWriting")))
                .because("opening for writing migrates; open it for reading, or beside a run")
                .check(house);
        assertThat(house.get(StateDatabase.class)
                .getMethodCallsToSelf()
                .stream()
                .filter(call -> call.getName().equals("mend"))
                .map(call -> call.getOriginOwner().getSimpleName()))
                .as("who mends the schema")
                .containsExactly("SoundState");
    }

    // Manners

    @Test
    void dependenciesComeByConstructor() {
        ArchRule fields = noFields().should()
                .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .orShould()
                .beAnnotatedWith("org.springframework.beans.factory.annotation.Value")
                .orShould()
                .beAnnotatedWith("jakarta.inject.Inject")
                .orShould()
                .beAnnotatedWith("jakarta.annotation.Resource")
                .because("a class must be whole when it is constructed; take it as a parameter");
        fields.check(house);
        noCodeUnits().that(DescribedPredicate.describe("are methods",
                unit -> !unit.isConstructor()))
                .should()
                .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .because("a class must be whole when it is constructed; take it as a parameter")
                .check(house);
    }

    @Test
    void timeComesFromAClock() {
        noClasses().should(callMethodWhere(callTo(Instant.class, "now")))
                .orShould(callMethodWhere(callTo(LocalDate.class, "now")))
                .orShould(callMethodWhere(callTo(LocalDateTime.class, "now")))
                .orShould(callMethodWhere(callTo(OffsetDateTime.class, "now")))
                .orShould(callMethodWhere(callTo(ZonedDateTime.class, "now")))
                .orShould(callMethodWhere(callTo(System.class, "currentTimeMillis")))
                .orShould()
                .callConstructor(Date.class)
                .because("a test must be able to say what time it is; take a Clock as parameter "
                        + "(System.nanoTime may measure how long something takes)")
                .check(house);
    }

    @Test
    void theClockIsChosenInCron() {
        noClasses().that()
                .resideOutsideOfPackage(CRON + "..")
                .should(callMethodWhere(callTo(Clock.class, "systemUTC", "systemDefaultZone",
                        "system", "tick", "tickMillis", "tickSeconds", "tickMinutes")))
                .because("whoever makes its own clock cannot be told the time; "
                        + "take a Clock as parameter")
                .check(house);
    }

    @Test
    void onlyTheCommandLinePrints() {
        noClasses().that()
                .resideOutsideOfPackage(CLI)
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould(callMethodWhere(callTo(Throwable.class, "printStackTrace")))
                .because("stdout is a result that scripts read; return it, or log")
                .check(house);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses().should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .because("such a name fits anything; name it after the question that it answers")
                .check(house);
    }

    private static void seesMemoryAndConfigOnly(String sibling) {
        seesOnly(sibling, MEMORY, CONFIG);
    }

    private static void seesOnly(String sibling, String... seen) {
        noClasses().that()
                .resideInAPackage(sibling + "..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.cascade..")
                        .and(DescribedPredicate.not(resideInAnyPackage(seen)))
                        .and(DescribedPredicate.not(resideInAPackage(sibling + ".."))))
                .because("siblings meet in dev.cascade.steps alone; pass a value of "
                        + "steps.memory, or let a step ask both")
                .allowEmptyShould(true)
                .check(house);
    }

    private static ArchRule onlyDependsOn(String where, String... own) {
        return classes().that()
                .resideInAPackage(where + "..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(JDK_AND_JSPECIFY).or(resideInAnyPackage(own)));
    }

    private static ArchRule livesIn(List<String> homes, String... library) {
        return noClasses().that()
                .resideOutsideOfPackages(homes.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library);
    }

    private static DescribedPredicate<JavaMethodCall> callTo(Class<?> owner, String... names) {
        List<String> listed = List.of(names);
        return DescribedPredicate.describe(
                "%s.%s".formatted(owner.getSimpleName(), listed.isEmpty() ? "*" : listed),
                call -> assignableTo(owner).test(call.getTargetOwner())
                        && (listed.isEmpty() || listed.contains(call.getName())));
    }

    private static DescribedPredicate<JavaClass> doDependOn(Class<?> target) {
        return DescribedPredicate.describe("depend on " + target.getSimpleName(),
                who -> who.getDirectDependenciesFromSelf()
                        .stream()
                        .anyMatch(
                                dependency -> dependency.getTargetClass().isEquivalentTo(target)));
    }
}
