@NullMarked
package dev.cascade.steps.embed;

import org.jspecify.annotations.NullMarked;
