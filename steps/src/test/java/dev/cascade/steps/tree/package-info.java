/// Tests of the package of the same name.
@NullMarked
package dev.cascade.steps.tree;

import org.jspecify.annotations.NullMarked;
