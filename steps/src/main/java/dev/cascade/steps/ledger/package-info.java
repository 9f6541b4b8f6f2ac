/// What is wanted, what is indexed, and what stood in the way: one SQLite row for each file.
///
/// The only place with SQL on Cascade's own tables.
@NullMarked
package dev.cascade.steps.ledger;

import org.jspecify.annotations.NullMarked;
