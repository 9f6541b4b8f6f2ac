package dev.cascade.cron.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

import picocli.CommandLine.IVersionProvider;

/// What is running: the version and the moment of its source, as the build wrote them down.
///
/// @param version
///            such as 0.1.0
/// @param build
///            an ISO-8601 time
/// @param java
///            the version of the JVM
/// @param javaHome
///            where that JVM lies
record BuildInfo(String version, String build, String java, String javaHome)
        implements
            IVersionProvider {

    BuildInfo() {
        this(read());
    }

    private BuildInfo(Properties info) {
        this(info.getProperty("build.version", "unknown"),
                info.getProperty("build.time", "unknown"), Runtime.version().toString(),
                System.getProperty("java.home", "unknown"));
    }

    private static Properties read() {
        Properties info = new Properties();
        try (InputStream in = BuildInfo.class
                .getResourceAsStream("/META-INF/build-info.properties")) {
            if (in != null) {
                info.load(in);
            }
        } catch (IOException _) {
            return new Properties();
        }
        return info;
    }

    @Override
    public String[] getVersion() {
        return new String[]{"cascade %s (%s)".formatted(version, build)};
    }
}
