/// How well search finds things, measured beside two plain search engines over the same entries.
///
/// Nobody writes a judgement: queries and their right answers are derived from the trees, as
/// `docs/search-quality.md` says.
@NullMarked
package dev.cascade.jobs.quality;

import org.jspecify.annotations.NullMarked;
