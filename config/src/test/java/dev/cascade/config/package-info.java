/// Tests of what may be said.
@NullMarked
package dev.cascade.config;

import org.jspecify.annotations.NullMarked;
