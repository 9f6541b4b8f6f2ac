/// The status page, the API, health and metrics of `cascade serve`. It looks at roots that are served,
/// and passes on what a person decides; it holds no work of its own.
@NullMarked
package dev.cascade.cron.web;

import org.jspecify.annotations.NullMarked;
