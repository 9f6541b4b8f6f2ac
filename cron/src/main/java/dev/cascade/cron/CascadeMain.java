package dev.cascade.cron;

import dev.cascade.cron.cli.CommandLineInterface;

/// Where the JVM begins.
public final class CascadeMain {

    private CascadeMain() {}

    public static void main(String[] args) {
        CommandLineInterface.main(args);
    }
}
