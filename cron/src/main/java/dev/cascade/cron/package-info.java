/// When, and how did it go: the command line, the schedule, the status page.
@NullMarked
package dev.cascade.cron;

import org.jspecify.annotations.NullMarked;
