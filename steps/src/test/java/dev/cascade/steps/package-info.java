/// Tests of the steps, and the worlds that tests are made of.
@NullMarked
package dev.cascade.steps;

import org.jspecify.annotations.NullMarked;
