using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

public sealed class TopTests
{
    private readonly FakeSystem _system = new();

    public TopTests()
    {
        SetTimes(1000, 1000);
        for (int i = 1; i <= 8; i++)
        {
            _system.Time.After(TimeSpan.FromMilliseconds((i * 1000) - 500), () => SetTimes(1000, 1000 + (500 * (int)(_system.Time.Now.Nanoseconds / 1_000_000_000 + 1))));
        }
    }

    private void SetTimes(int idle, int busy)
    {
        _system.TaskList.Clear();
        _system.TaskList.Add(new TaskInformation(1, 0, "idle", TaskState.Waiting, "tick", 31, TimeSpan.FromMilliseconds(idle)));
        _system.TaskList.Add(new TaskInformation(5, 5, "busy", TaskState.Running, "", 8, TimeSpan.FromMilliseconds(busy)));
    }

    [Fact]
    public void Batch_TwoLooks_TellTheShareBetween()
    {
        string[] lines = _system.Run("top -b -n 2 -d 1").Split('\n');
        int second = Array.FindLastIndex(lines, line => line.StartsWith("top - ", StringComparison.Ordinal));
        Assert.StartsWith("top - 00:00:01 up 1 sec", lines[second], StringComparison.Ordinal);
        Assert.StartsWith("Tasks: 2 total, 1 running   Mem: 64Mi total, 40Mi free", lines[second + 1], StringComparison.Ordinal);
        Assert.Equal(" 50.0     5     5 R      8 -              0:01.50 busy", lines[second + 4]);
        Assert.Equal("  0.0     1     - W     31 tick           0:01.00 idle", lines[second + 5]);
    }

    [Theory]
    [InlineData("q", 0)]
    [InlineData("\u0003", 130)]
    public void Screen_KeyPressed_EndsAndBringsTheShellBack(string key, int status)
    {
        _system.Type("echo before\rtop -d 1\r");
        _system.TypeAfter(TimeSpan.FromSeconds(3.2), key);
        _system.TypeAfter(TimeSpan.FromSeconds(3.3), "echo $?\r");
        bool wasShown = false;
        _system.Time.After(TimeSpan.FromSeconds(3.1), () => wasShown = _system.Screen.Row(0).StartsWith("top - 00:00:03", StringComparison.Ordinal) && !_system.Screen.IsCursorVisible);
        _system.RunShell();
        Assert.True(wasShown);
        Assert.Equal($"ks:/# echo before\nbefore\nks:/# top -d 1\nks:/# echo $?\n{status}\nks:/#", _system.Screen.Text());
        Assert.True(_system.Screen.IsCursorVisible);
    }

    [Fact]
    public void Screen_Times_EndsByItself()
    {
        _system.Enter("top -n 1");
        Assert.Equal("ks:/# top -n 1\nks:/#", _system.Screen.Text());
    }
}
