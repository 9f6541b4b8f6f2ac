/// The records that commands, the API and the status page tell alike, and how they are had.
@NullMarked
package dev.cascade.cron.report;

import org.jspecify.annotations.NullMarked;
