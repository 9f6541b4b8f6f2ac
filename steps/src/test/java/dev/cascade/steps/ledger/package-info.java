/// Tests of the package of the same name.
@NullMarked
package dev.cascade.steps.ledger;

import org.jspecify.annotations.NullMarked;
