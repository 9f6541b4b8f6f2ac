package dev.cascade.cron;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;

import dev.cascade.cron.CascadeProcess.Running;
import dev.cascade.cron.schedule.Soon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// The page as an operator uses it, in Chromium: one sitting from the first look to the last.
///
/// The browser comes from Debian's packages; `cron/src/test/browser/install-browser` installs it, and is run
/// here where it may. Where it may not, the sitting is skipped and says so; `PageIT` looks at the same page
/// without a browser. With `-Dcascade.screenshots=true` the pictures of the documentation are made anew.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrowserIT {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path INSTALLER = CascadeProcess.launcher()
            .resolveSibling("cron/src/test/browser/install-browser");
    private static final Path PICTURES = CascadeProcess.launcher()
            .resolveSibling("docs/images");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int FILES = 2000;

    @TempDir
    static Path folder;

    private static Path root;
    private static Running serve;
    private static URI page;
    private static ChromeDriver browser;

    @BeforeAll
    static void open() throws Exception {
        installIfPossible();
        assumeTrue(Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "no Chromium with its driver here, and it cannot be installed: run %s as root"
                        .formatted(INSTALLER));
        root = folder.resolve("notes");
        Trees.notes(root, 60);
        CascadeProcess cascade = CascadeProcess.in(folder);
        assertThat(cascade.run("sync", "--root", root.toString()).exit()).isZero();
        serve = cascade.background("serve", "--root", root.toString(), "--set",
                "schedule.reconcile.every=1d", "--set", "reconcile.chunk-size=5", "--set",
                "reconcile.concurrency=1");
        page = PageIT.address(serve);
        browser = browser();
    }

    private static void installIfPossible() throws IOException, InterruptedException {
        boolean mayInstall = "root".equals(System.getProperty("user.name"))
                && Files.isExecutable(Path.of("/usr/bin/apt-get"));
        if (Files.isExecutable(DRIVER) || !mayInstall) {
            return;
        }
        Path log = folder.resolve("install.log");
        Process install = new ProcessBuilder(INSTALLER.toString()).redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = install.waitFor(5, TimeUnit.MINUTES);
        if (!ended) {
            install.descendants().forEach(ProcessHandle::destroyForcibly);
            install.destroyForcibly();
        }
        assumeTrue(ended && install.exitValue() == 0,
                () -> "the browser could not be installed: " + tail(log));
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        } catch (IOException ex) {
            return ex.toString();
        }
    }

    private static ChromeDriver browser() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
                "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
                "--force-color-profile=srgb", "--user-data-dir=" + folder.resolve("chromium"));
        ChromeDriver driver = new ChromeDriver(new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .build(), options);
        driver.manage().window().setSize(new Dimension(1280, 1400));
        return driver;
    }

    @AfterAll
    static void close() throws IOException {
        if (browser != null) {
            browser.quit();
        }
        if (serve != null) {
            serve.signal("TERM");
            assertThat(serve.end(Duration.ofSeconds(15)).exit()).isEqualTo(143);
        }
    }

    private static WebElement section(String id) {
        return browser.findElement(By.xpath("//section[@aria-labelledby='%s']".formatted(id)));
    }

    private static WebElement button(String section, String label) {
        return section(section).findElement(By.xpath(
                ".//button[starts-with(normalize-space(), '%s')]".formatted(label)));
    }

    /// What is shown is renewed every now and then, so an element may go while it is read.
    private static void shows(String section, String text) {
        Soon.expect(LIMIT, () -> "'%s' in %s; there is:%n%s".formatted(text, section,
                browser.findElement(By.tagName("main")).getText()),
                () -> textOf(section).contains(text));
    }

    /// What was done is told once, by the page that follows.
    private static void says(String text) {
        Soon.expect(LIMIT, () -> "'%s' to be said; there is:%n%s".formatted(text,
                browser.findElement(By.tagName("main")).getText()),
                () -> browser.findElements(By.className("said"))
                        .stream()
                        .anyMatch(said -> said.getText().contains(text)));
    }

    private static String textOf(String section) {
        try {
            return section(section).getText();
        } catch (NoSuchElementException | StaleElementReferenceException _) {
            return "";
        }
    }

    private static void picture(String name) throws IOException {
        byte[] png = browser.getScreenshotAs(OutputType.BYTES);
        assertThat(png).hasSizeGreaterThan(10_000);
        if (Boolean.getBoolean("cascade.screenshots")) {
            FileUtils.writeByteArrayToFile(PICTURES.resolve(name + ".png").toFile(), png);
        }
    }

    @Test
    @Order(1)
    void theFirstLookNeedsNoToken() {
        browser.get(page.toString());
        assertThat(browser.getTitle()).isEqualTo("notes · Cascade");
        shows("health", "healthy");
        assertThat(browser.findElements(By.xpath("//button[. = 'Run now']"))).isEmpty();
    }

    @Test
    @Order(2)
    void signingInShowsTheButtons() throws IOException {
        browser.findElement(By.linkText("Sign in to change things")).click();
        WebElement field = browser.findElement(By.id("token"));
        assertThat(field.getAttribute("type")).isEqualTo("password");
        field.sendKeys(Files.readString(root.resolve(".cascade/serve-token")).strip(),
                Keys.ENTER);
        Soon.expect(LIMIT, "the page of the root",
                () -> browser.getTitle().equals("notes · Cascade"));
        assertThat(button("now", "Run now").isDisplayed()).isTrue();
    }

    @Test
    @Order(3)
    void aRunIsWatchedWhileItGoesOn() throws IOException {
        Trees.notes(root, FILES);
        Files.write(root.resolve("broken.md"), new byte[]{'#', ' ', (byte) 0xff, '\n'});
        button("now", "Run now").click();
        Soon.expect(LIMIT, "progress that grows without a click",
                () -> textOf("now").matches("(?s).*[1-9][\\d,]* of 2,00\\d files.*"));
        picture("page-running");
        Soon.expect(Duration.ofMinutes(2), "the end of the run",
                () -> textOf("index").contains("2,000"));
        shows("now", "No run is in hand.");
        assertThat(String.valueOf(section("queue").findElement(By.cssSelector("polyline.pending"))
                .getAttribute("points"))).matches("(\\S+ ){3,}\\S+");
        shows("runs", "completed");
    }

    @Test
    @Order(4)
    void aFailingFileHasItsReasonAndAButtonToRetry() throws IOException {
        shows("failures", "broken.md:1");
        shows("failures", "no UTF-8");
        button("failures", "Retry").click();
        says("1 still failing");
        Trees.file(root, "broken.md", "# mended\n");
        button("failures", "Retry").click();
        shows("failures", "None.");
    }

    @Test
    @Order(5)
    void aGateIsReadAndApproved() throws IOException {
        for (int i = 0; i < 20; i++) {
            FileUtils.deleteDirectory(root.resolve("d%02d".formatted(i)).toFile());
        }
        button("now", "Run now").click();
        shows("gates", "Gate 1");
        section("gates").findElement(By.tagName("summary")).click();
        shows("gates", "d00/n0000.md");
        picture("page-gate");
        section("gates").findElement(By.name("reason")).sendKeys("the archive was moved");
        button("gates", "Approve").click();
        Soon.expect(LIMIT, "the gate to be gone and the files with it",
                () -> textOf("gates").isEmpty() && textOf("index").contains("1,3"));
    }

    @Test
    @Order(6)
    void theScheduleIsPausedAndResumedByKeyboard() {
        WebElement reason = browser.findElement(By.id("pause-reason"));
        reason.sendKeys("a walk", Keys.TAB, "2h", Keys.ENTER);
        shows("schedule", "Paused: a walk");
        shows("health", "at-risk");
        button("schedule", "Resume").sendKeys(Keys.ENTER);
        Soon.expect(LIMIT, "the schedule to go on",
                () -> !textOf("schedule").contains("Paused"));
        shows("health", "healthy");
    }

    @Test
    @Order(7)
    void whatIsTypedIsNotTakenAwayByTheRenewal() {
        WebElement reason = browser.findElement(By.id("pause-reason"));
        reason.sendKeys("half a sen");
        Soon.pause(Duration.ofSeconds(7));
        reason.sendKeys("tence");
        assertThat(reason.getAttribute("value")).isEqualTo("half a sentence");
        reason.clear();
    }

    @Test
    @Order(8)
    void searchFindsEntries() throws IOException {
        browser.findElement(By.name("q")).sendKeys("words of note 1979", Keys.ENTER);
        Soon.expect(LIMIT, "hits",
                () -> !browser.findElements(By.cssSelector(".hits li")).isEmpty());
        assertThat(browser.findElement(By.cssSelector(".hits li")).getText())
                .contains("d59/n1979.md:1");
        assertThat(browser.findElements(By.tagName("mark"))).isNotEmpty();
        picture("page-search");
    }

    @Test
    @Order(9)
    void itIsReadableInLightAndDark() throws IOException {
        browser.get(page.toString());
        List<String> grounds = new ArrayList<>();
        for (String scheme : List.of("light", "dark")) {
            var _ = browser.executeCdpCommand("Emulation.setEmulatedMedia",
                    java.util.Map.of("features", List.of(java.util.Map.of("name",
                            "prefers-color-scheme", "value", scheme))));
            grounds.add(browser.findElement(By.tagName("body")).getCssValue("background-color"));
            picture("page-" + scheme);
        }
        assertThat(grounds).doesNotHaveDuplicates();
    }

    @Test
    @Order(10)
    void nothingWasAskedOfElsewhereAndNothingWentWrong() {
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    }
}
