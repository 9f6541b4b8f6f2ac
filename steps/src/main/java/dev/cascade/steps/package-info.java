/// How one file is handled: Spring Batch readers, processors, writers, tasklets and listeners.
///
/// The only place where the packages below meet.
@NullMarked
package dev.cascade.steps;

import org.jspecify.annotations.NullMarked;
