package dev.cascade.cron.cli;

import picocli.CommandLine.Command;

/// `cascade config`
@Command(name = "config", description = "What is configured.", subcommands = ConfigShow.class)
final class Config {}
