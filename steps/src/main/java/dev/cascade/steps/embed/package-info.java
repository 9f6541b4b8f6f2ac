/// Texts to vectors: the only place that reaches for the network.
@NullMarked
package dev.cascade.steps.embed;

import org.jspecify.annotations.NullMarked;
