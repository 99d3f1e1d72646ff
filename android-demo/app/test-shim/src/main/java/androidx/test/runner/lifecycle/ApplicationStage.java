package androidx.test.runner.lifecycle;

/** How far the application is. */
public enum ApplicationStage {
    PRE_ON_CREATE,
    CREATED
}
