/// What may be said, and what is refused with which words.
@NullMarked
package dev.cascade.config;

import org.jspecify.annotations.NullMarked;
