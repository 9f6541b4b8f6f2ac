/// What may be said: settings, kinds of files, and where a root keeps its state.
@NullMarked
package dev.cascade.config;

import org.jspecify.annotations.NullMarked;
