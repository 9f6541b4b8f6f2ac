/// The product as a process, and the laws of the house.
@NullMarked
package dev.cascade.cron;

import org.jspecify.annotations.NullMarked;
