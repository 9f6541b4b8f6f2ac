/// The command line: one package-private class for each command.
///
/// A command extends [Subcommand], is listed in [Commands], and says what it has to say through
/// [Output]. Only this package prints, and only it knows picocli.
@NullMarked
package dev.cascade.cron.cli;

import org.jspecify.annotations.NullMarked;
