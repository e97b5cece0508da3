using System.Text;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>The other console: VGA text and a PS/2 keyboard, both worked through QEMU's machine protocol.</summary>
public sealed class ScreenTests(PlainGuest shared) : SharedGuestTests<PlainGuest>(shared)
{
    private const long TextMemory = 0xB8000;
    private const int Columns = 80;
    private const int Rows = 25;

    [Fact]
    public async Task Screen_AfterACommandOnTheSerialLine_ShowsItToo()
    {
        _ = (await Shell.RunAsync("echo seen-on-both")).Succeeded();
        Assert.Contains("seen-on-both", await ReadScreenAsync(Guest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keyboard_TypingACommand_RunsIt()
    {
        int from = Guest.Console.Position;
        foreach (string key in (string[])["e", "c", "h", "o", "spc"])
        {
            await Guest.Qmp.SendKeysAsync(key);
        }

        await Guest.Qmp.SendKeysAsync("shift", "k");
        await Guest.Qmp.SendKeysAsync("e");
        await Guest.Qmp.SendKeysAsync("y");
        await Guest.Qmp.SendKeysAsync("ret");
        _ = await Guest.Console.WaitForAsync("\nKey\n", from, Limits.Command);
        _ = await Shell.WaitForPromptAsync(from, Limits.Command);
        Assert.Contains("echo Key", await ReadScreenAsync(Guest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keyboard_CtrlC_EndsTheForegroundJob()
    {
        int from = await Shell.StartAsync("sleep 1000");
        await Guest.Qmp.SendKeysAsync("ctrl", "c");
        _ = await Shell.WaitForPromptAsync(from, Limits.Command);
    }

    [Fact]
    public async Task Keyboard_ArrowUp_RecallsHistory()
    {
        _ = (await Shell.RunAsync("echo recalled")).Succeeded();
        int from = Guest.Console.Position;
        await Guest.Qmp.SendKeysAsync("up");
        await Guest.Qmp.SendKeysAsync("up");
        await Guest.Qmp.SendKeysAsync("ret");
        _ = await Guest.Console.WaitForAsync("\nrecalled\n", from, Limits.Command);
        _ = await Shell.WaitForPromptAsync(from, Limits.Command);
    }

    [Fact]
    public async Task ConsoleOption_Vga_KeepsTheSerialLineQuietAndWorksOnTheScreen()
    {
        await using QemuGuest guest = await QemuGuest.StartAsync(nameof(ScreenTests), new QemuOptions { FirmwareOptions = "console=vga" });
        await Eventually.TrueAsync(
            async () => (await ReadScreenAsync(guest)).Contains("ks:/# ", StringComparison.Ordinal), "the screen shows the prompt", Limits.Boot);
        Assert.DoesNotContain("ks:/# ", guest.Console.Text, StringComparison.Ordinal);
        foreach (string key in (string[])["u", "n", "a", "m", "e", "ret"])
        {
            await guest.Qmp.SendKeysAsync(key);
        }

        await Eventually.TrueAsync(
            async () => (await ReadScreenAsync(guest)).Contains("\nKernelSockets ", StringComparison.Ordinal), "uname answers", Limits.Command);
    }

    [Fact]
    public async Task ConsoleOption_Serial_KeepsThePromptOffTheScreen()
    {
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(ScreenTests), new QemuOptions { FirmwareOptions = "console=serial" });
        Assert.DoesNotContain("ks:/# ", await ReadScreenAsync(guest), StringComparison.Ordinal);
    }

    /// <summary>The screen's text: every second byte of the text memory is a character, the other its colours.</summary>
    private static async Task<string> ReadScreenAsync(QemuGuest guest)
    {
        byte[] memory = await guest.Qmp.ReadMemoryAsync(TextMemory, Columns * Rows * 2);
        StringBuilder text = new();
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                char character = (char)memory[((row * Columns) + column) * 2];
                text.Append(character is >= ' ' and <= '~' ? character : ' ');
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
