/// What is understood of a file, and what is refused.
@NullMarked
package dev.cascade.steps.parse;

import org.jspecify.annotations.NullMarked;
