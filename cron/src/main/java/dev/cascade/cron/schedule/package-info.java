/// When jobs run: the configured schedules of one or many roots as triggers of Quartz, and what becomes
/// of each firing. It holds no work of its own; a firing asks [dev.cascade.jobs.Jobs].
@NullMarked
package dev.cascade.cron.schedule;

import org.jspecify.annotations.NullMarked;
