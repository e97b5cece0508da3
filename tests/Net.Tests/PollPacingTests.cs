namespace KernelSockets.Net.Tests;

public sealed class PollPacingTests
{
    [Fact]
    public void FramesSeldom_IsNotWatched()
    {
        PollPacing pacing = new();
        for (int i = 0; i < 10; i++)
        {
            pacing.Note(TimeSpan.FromMilliseconds(1), hasArrivals: true);
            Assert.False(pacing.IsWatching);
        }
    }

    [Fact]
    public void FramesSoon_IsWatched_AndLongerAsTheyComeLater()
    {
        PollPacing pacing = new();
        pacing.Note(TimeSpan.FromMicroseconds(150), hasArrivals: true);
        TimeSpan first = pacing.Window;
        Assert.True(pacing.IsWatching);
        pacing.Note(first, hasArrivals: true);
        Assert.Equal(first, pacing.Window);
        for (int i = 0; i < 10; i++)
        {
            pacing.Note(TimeSpan.FromMicroseconds(199), hasArrivals: true);
        }

        Assert.InRange(pacing.Window, TimeSpan.FromMicroseconds(199), TimeSpan.FromMicroseconds(200));
    }

    [Fact]
    public void NothingCame_HaltsAfterAFewWindows()
    {
        PollPacing pacing = new();
        pacing.Note(TimeSpan.FromMicroseconds(150), hasArrivals: true);
        pacing.Note(TimeSpan.FromMicroseconds(150), hasArrivals: true);
        pacing.Note(TimeSpan.FromMicroseconds(180), hasArrivals: true);
        TimeSpan watched = TimeSpan.Zero;
        while (pacing.IsWatching)
        {
            watched += pacing.Window;
            pacing.Note(pacing.Window, hasArrivals: false);
        }

        Assert.InRange(watched, TimeSpan.FromMicroseconds(1), TimeSpan.FromMicroseconds(400));
    }

    [Fact]
    public void WokenForSomethingElse_ChangesNothing()
    {
        PollPacing pacing = new();
        pacing.Note(TimeSpan.FromMicroseconds(10), hasArrivals: true);
        TimeSpan window = pacing.Window;
        pacing.Note(TimeSpan.FromMicroseconds(10), hasArrivals: false);
        Assert.Equal(window, pacing.Window);
    }
}
