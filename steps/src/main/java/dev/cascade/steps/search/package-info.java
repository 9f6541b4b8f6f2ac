/// Looking things up in a published index: words, phrases, filters, snippets, single entries.
@NullMarked
package dev.cascade.steps.search;

import org.jspecify.annotations.NullMarked;
