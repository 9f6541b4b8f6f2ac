/// The domain: files of a memory root, what they hold, and what has to be done about them.
///
/// Everything here is a value and knows only the JDK.
@NullMarked
package dev.cascade.steps.memory;

import org.jspecify.annotations.NullMarked;
