/// Texts to vectors, by an endpoint or by a model of this machine: the only place that reaches for the
/// network, and the home of the libraries that run models.
@NullMarked
package dev.cascade.steps.embed;

import org.jspecify.annotations.NullMarked;
