package dev.cascade.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class KindsTest {

    private static final String GOOD = """
            kinds:
              ticket:
                glob: "tickets/*.md"
                shape: single-entity
                entry-id: frontmatter:key
                fields:
                  frontmatter:key: {type: keyword, required: true}
                hashed: [body]
                tokenised: [body]
            """;

    @TempDir
    Path root;

    private Kinds everos() {
        return Kinds.of(Home.of(root, null), Layout.EVEROS);
    }

    private String claimedBy(String path) {
        return everos().claiming(Path.of(path)).map(KindSpec::name).orElse("");
    }

    private Kinds withFile(String yaml) throws IOException {
        Files.writeString(root.resolve("kinds.yaml"), yaml);
        return everos();
    }

    private ConfigurationProblem refusal(String yaml) throws IOException {
        Files.writeString(root.resolve("kinds.yaml"), yaml);
        return assertThatExceptionOfType(ConfigurationProblem.class).isThrownBy(this::everos)
                .actual();
    }

    @ParameterizedTest
    @CsvSource({"a/p/users/m/episodes/episode-2026-03-04.md,episode",
            "a/p/users/m/episodes/episode-.md,episode",
            "a/p/users/m/episodes/episode-not-a-date.md,episode",
            ".a/.p/users/.m/episodes/episode-1.md,episode",
            "a/p/users/m/.atomic_facts/atomic_fact-2026-03-04.md,atomic_fact",
            "a/p/users/m/.foresights/foresight-2026-03-04.md,foresight",
            "a/p/agents/g/.cases/agent_case-2026-03-04.md,agent_case",
            "a/p/agents/g/skills/skill_x/SKILL.md,agent_skill",
            "a/p/agents/g/skills/skill_/SKILL.md,agent_skill",
            "a/p/users/m/user.md,user_profile", "a/p/users/m/user.noa.md,user_profile",
            "a/p/users/m/decisions/decision-2026-03-04.md,decision",
            "a/p/users/m/principles.md,principle",
            "a/p/knowledge/Cat/doc_d_0/index.md,knowledge_document",
            "a/p/knowledge/Cat/doc_d_0/1_wiring.md,knowledge_topic",
            "a/p/knowledge/.Cat/doc/0.md,knowledge_topic"})
    void eachKindClaimsItsFiles(String path, String kind) {
        assertThat(claimedBy(path)).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"users/m/episodes/episode-1.md", "p/users/m/episodes/episode-1.md",
            "x/a/p/users/m/episodes/episode-1.md", "a/p/users/m/x/episodes/episode-1.md",
            "a/p/users/m/episodes/x/episode-1.md", "a/p/users/m/episodes/Episode-1.md",
            "a/p/Users/m/episodes/episode-1.md", "a/p/users/m/episodes/episode-1.MD",
            "a/p/users/m/episodes/episode-1.md.swp", "a/p/users/m/episodes/.episode-1.md.swp",
            "a/p/users/m/episodes/episode-1.md~", "a/p/users/m/episodes/#episode-1.md#",
            "a/p/users/m/episodes/.episode-1.md.tmp.00112233445566778899aabbccddeeff",
            "a/p/users/m/episodes/episode_1.md", "a/p/agents/g/episodes/episode-1.md",
            "a/p/users/m/atomic_facts/atomic_fact-1.md", "a/p/users/m/.cases/agent_case-1.md",
            "a/p/agents/g/.atomic_facts/atomic_fact-1.md", "a/p/users/m/.foresights/x.md",
            "a/p/agents/g/skills/skill_x/references/salt.md",
            "a/p/agents/g/skills/skill_x/references/SKILL.md",
            "a/p/agents/g/skills/skill_x/scripts/run.md", "a/p/agents/g/skills/skill_x/skill.md",
            "a/p/agents/g/skills/x/SKILL.md", "a/p/agents/g/user.md", "a/p/users/user.md",
            "a/p/users/m/my-user.md", "a/p/users/m/principles.txt",
            "a/p/users/m/decisions/decisions-1.md", "a/p/knowledge/.taxonomy.md",
            "a/p/knowledge/Cat/index.md", "a/p/knowledge/Cat/doc/a_wiring.md",
            "a/p/knowledge/Cat/doc/_original/index.md", "a/p/knowledge/Cat/doc/sub/1_x.md",
            "a/p/knowledge/Cat/doc/1_x.txt", "everos.toml", "a/p/users/m/drafts/idea.md"})
    void noKindClaimsAnyOtherFile(String path) {
        assertThat(claimedBy(path)).isEmpty();
    }

    @Test
    void theTenKindsAreAskedInTheOrderOfTheFormat() {
        assertThat(everos().inOrder()).extracting(KindSpec::name)
                .containsExactly("episode", "atomic_fact", "foresight", "agent_case",
                        "agent_skill", "user_profile", "decision", "principle",
                        "knowledge_document", "knowledge_topic");
    }

    @Test
    void theWalkEntersTheHiddenFoldersThatKindsName() {
        assertThat(everos().dotFolders()).containsExactlyInAnyOrder(".atomic_facts", ".foresights",
                ".cases");
    }

    @Test
    void onlyReferencesOfASkillAreItsCompanions() {
        KindSpec skill = everos().named("agent_skill").orElseThrow();

        assertThat(skill.companionFolder()).hasValue("references");
        assertThat(skill.hasCompanion(Path.of("references/salt.md"))).isTrue();
        assertThat(skill.hasCompanion(Path.of("references/deep/salt.md"))).isFalse();
        assertThat(skill.hasCompanion(Path.of("scripts/run.md"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"a.md,note", "deep/down/b.markdown,note", "c.txt,''", "d.MD,''"})
    void inATreeOfNotesEveryMarkdownFileIsANote(String path, String kind) {
        assertThat(Kinds.of(Home.of(root, null), Layout.NOTES)
                .claiming(Path.of(path))
                .map(KindSpec::name)
                .orElse("")).isEqualTo(kind);
    }

    @Test
    void aKindOfTheRootIsAskedBeforeTheBuiltInOnes() throws IOException {
        Kinds kinds = withFile(GOOD.replace("tickets/*.md", "*/*/users/*/user.md"));

        assertThat(kinds.claiming(Path.of("a/p/users/m/user.md"))).hasValueSatisfying(
                kind -> assertThat(kind.name()).isEqualTo("ticket"));
        assertThat(kinds.claiming(Path.of("a/p/users/m/user.noa.md"))).hasValueSatisfying(
                kind -> assertThat(kind.name()).isEqualTo("user_profile"));
    }

    @Test
    void theBodyOfAnEntityNeedNotBeDeclared() throws IOException {
        assertThat(withFile(GOOD).named("ticket").orElseThrow().fields())
                .containsKey(FieldRef.BODY);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "shape: single-entity | shape: page | kinds.ticket.shape is 'page'",
            "glob: \"tickets/*.md\" | glob: \"../x/*.md\" | kinds.ticket.glob leaves the root: ../x/*.md",
            "glob: \"tickets/*.md\" | glob: \"/x/*.md\" | kinds.ticket.glob leaves the root: /x/*.md",
            "glob: \"tickets/*.md\" | glob: \"a/../../x.md\" | kinds.ticket.glob leaves the root",
            "glob: \"tickets/*.md\" | glob: \"[x\" | kinds.ticket.glob is no glob",
            "glob: \"tickets/*.md\" | scoped: false | kinds.ticket.glob is missing",
            "glob: \"tickets/*.md\" | glob: [a] | kinds.ticket.glob is no plain value",
            "hashed: [body] | colour: red | kinds.ticket.colour is unknown",
            "hashed: [body] | scoped: maybe | kinds.ticket.scoped is 'maybe'",
            "hashed: [body] | hashed: [] | kinds.ticket.hashed is empty",
            "tokenised: [body] | tokenised: [] | kinds.ticket.tokenised is empty",
            "tokenised: [body] | tokenised: [\"frontmatter:x\"] | kinds.ticket.tokenised names frontmatter:x, which is not among the fields",
            "tokenised: [body] | tokenised: [\"page:x\"] | kinds.ticket.tokenised cannot be read: 'page:x' is no place in a file",
            "entry-id: frontmatter:key | entry-id: frontmatter:no | kinds.ticket.entry-id names frontmatter:no",
            "entry-id: frontmatter:key | scoped: false | kinds.ticket.entry-id is missing",
            "{type: keyword, required: true} | {type: colour} | kinds.ticket.fields.frontmatter:key.type is 'colour'",
            "{type: keyword, required: true} | {kind: x} | kinds.ticket.fields.frontmatter:key.kind is unknown",
            "{type: keyword, required: true} | {required: true, default: x} | kinds.ticket.fields.frontmatter:key contradicts itself",
            "{type: keyword, required: true} | {type: integer, default: x} | kinds.ticket.fields.frontmatter:key.default is 'x', which is no integer",
            "{type: keyword, required: true} | {type: list, default: a} | kinds.ticket.fields.frontmatter:key.default is 'a', which is no list",
            "{type: keyword, required: true} | text | kinds.ticket.fields.frontmatter:key is no mapping",
            "ticket: | 'Ticket:' | kinds.Ticket is no name for a kind",
            "ticket: | 'episode:' | kinds.episode takes the name of a built-in kind",
            "ticket: | 'note:' | kinds.note takes the name of a built-in kind",
            "kinds: | types: | types is unknown"})
    void whatMakesNoSenseIsRefusedByName(String of, String by, String message)
            throws IOException {
        assertThat(GOOD).contains(of);

        assertThat(refusal(GOOD.replace(of, by))).hasMessageContaining("kinds.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void aFieldMustFitItsShape() throws IOException {
        assertThat(refusal(GOOD.replace("frontmatter:key: {",
                "section:Text: {}\n      frontmatter:key: {")))
                .hasMessageContaining("section:Text has no place in the shape single-entity");
    }

    @Test
    void twoFieldsCannotShareAColumn() throws IOException {
        assertThat(refusal(GOOD.replace("frontmatter:key: {",
                "frontmatter:Key: {}\n      frontmatter:key: {")))
                .hasMessageContaining("is kept under the same name as frontmatter:Key");
    }

    @Test
    void theOwnerStandsInTheFrontmatter() throws IOException {
        assertThat(refusal(GOOD.replace("    hashed:", "    owner: body\n    hashed:")))
                .hasMessageContaining(
                        "kinds.ticket.owner is body, which is not in the frontmatter");
    }

    @Test
    void aListNeedsTheNameOfItsField() throws IOException {
        assertThat(refusal(GOOD.replace("single-entity", "frontmatter-list")
                .replace("[body]", "[\"frontmatter:key\"]")))
                .hasMessageContaining("kinds.ticket.list-field is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kinds: {a: 1, a: 2}", "kinds: [", "- a", "kinds:\n\tx: y"})
    void aFileThatIsNoYamlMappingIsRefused(String yaml) throws IOException {
        assertThat(refusal(yaml).remedy()).isNotBlank();
    }

    @Test
    void everyBuiltInKindHasADigestOfItsOwn() {
        List<String> digests = everos().inOrder().stream().map(KindSpec::digest).toList();

        assertThat(digests).doesNotHaveDuplicates();
        assertThat(everos().inOrder()).extracting(KindSpec::digest).isEqualTo(digests);
    }
}
