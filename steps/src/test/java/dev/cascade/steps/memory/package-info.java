/// Tests of the package of the same name.
@NullMarked
package dev.cascade.steps.memory;

import org.jspecify.annotations.NullMarked;
