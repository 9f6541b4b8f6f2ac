package dev.cascade.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// Where things lie, and how a root shows its layout.
class HomeTest {

    @TempDir
    private Path folder;

    @Test
    void theStateLiesInTheRootUnlessItIsKeptElsewhere() {
        Home home = Home.of(folder.resolve("x/../root"), null);
        assertThat(home.root()).isEqualTo(folder.resolve("root"));
        assertThat(home.state()).isEqualTo(folder.resolve("root/.cascade"));
        assertThat(home.index(3)).isEqualTo(folder.resolve("root/.cascade/index/g000003"));
        Home elsewhere = Home.of(folder.resolve("root"), folder.resolve("state"));
        assertThat(elsewhere.database()).isEqualTo(folder.resolve("state/state.db"));
        assertThat(elsewhere.settingsFile()).isEqualTo(folder.resolve("root/cascade.yaml"));
    }

    @Test
    void theLockIsNoneOfTheFilesThatAreReplaced() {
        Home home = Home.of(folder, null);
        assertThat(home.lock()).isNotIn(home.database(), home.index(), home.rootId(),
                home.lastWalk());
    }

    @Test
    void theNearestRootIsTheOneThatHoldsAStateFolder() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("root/a/b"));
        assertThat(Home.nearestRoot(deep)).isNotEqualTo(java.util.Optional.of(deep));
        Files.createDirectory(folder.resolve("root/.cascade"));
        assertThat(Home.nearestRoot(deep)).contains(folder.resolve("root"));
        Files.createDirectory(folder.resolve("root/a/.cascade"));
        assertThat(Home.nearestRoot(deep)).contains(folder.resolve("root/a"));
        assertThat(Home.nearestRoot(folder.resolve("root"))).contains(folder.resolve("root"));
    }

    @Test
    void aRootIsAMemoryRootIfAnyProjectHasAnArea() throws IOException {
        assertThat(Layout.of(folder)).isEqualTo(Layout.NOTES);
        Files.createDirectories(folder.resolve("docs/guide"));
        Files.createDirectories(folder.resolve("users/mira"));
        assertThat(Layout.of(folder)).isEqualTo(Layout.NOTES);
        Files.createDirectories(folder.resolve("app/project/agents"));
        assertThat(Layout.of(folder)).isEqualTo(Layout.EVEROS);
    }

    @Test
    void hiddenFoldersAndFilesShowNoLayout() throws IOException {
        Files.createDirectories(folder.resolve(".app/project/users"));
        Files.createDirectories(folder.resolve("app/.project/users"));
        Files.createDirectories(folder.resolve("a/b"));
        Files.createFile(folder.resolve("a/b/users"));
        assertThat(Layout.of(folder)).isEqualTo(Layout.NOTES);
    }
}
