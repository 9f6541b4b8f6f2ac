package dev.cascade.steps.embed;

/// The fake embedder keeps what embedders promise.
class FakeEmbedderTest implements EmbedderContract {

    private final FakeEmbedder fake = new FakeEmbedder();

    @Override
    public Embedder embedder() {
        return fake;
    }

    @Override
    public void breakDown() {
        fake.failingAfter(0);
    }
}
