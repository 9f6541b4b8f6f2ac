/// The schedule with real Quartz and real roots.
@NullMarked
package dev.cascade.cron.schedule;

import org.jspecify.annotations.NullMarked;
