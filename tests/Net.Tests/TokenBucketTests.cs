namespace KernelSockets.Net.Tests;

public sealed class TokenBucketTests
{
    private static int TakeAll(ref TokenBucket bucket, Instant now)
    {
        int count = 0;
        while (bucket.TryTake(now))
        {
            count++;
        }

        return count;
    }

    [Fact]
    public void Burst_ThenTheRate()
    {
        TokenBucket bucket = new(ratePerSecond: 10, burst: 5);
        Instant now = Instant.Zero + TimeSpan.FromHours(1);
        Assert.Equal(5, TakeAll(ref bucket, now));
        Assert.Equal(0, TakeAll(ref bucket, now + TimeSpan.FromMilliseconds(99)));
        Assert.Equal(1, TakeAll(ref bucket, now + TimeSpan.FromMilliseconds(100)));
        Assert.Equal(3, TakeAll(ref bucket, now + TimeSpan.FromMilliseconds(400)));
        Assert.Equal(5, TakeAll(ref bucket, now + TimeSpan.FromHours(1)));
    }

    [Fact]
    public void AtTheStartOfTime_BurstIsThere()
    {
        TokenBucket bucket = new(ratePerSecond: 1, burst: 6);
        Assert.Equal(6, TakeAll(ref bucket, Instant.Zero));
    }
}
