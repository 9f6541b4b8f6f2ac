/// The walk: reads a root completely, in the order of its paths, or throws.
@NullMarked
package dev.cascade.steps.tree;

import org.jspecify.annotations.NullMarked;
