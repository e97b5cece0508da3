using System.Diagnostics;
using System.Text;
using KernelSockets.UserApps.Tests.Fakes;
using KernelSockets.UserApps.Text;

namespace KernelSockets.UserApps.Tests.Text;

/// <summary>What a program printed and how it ended; output as Latin-1, a character for each byte.</summary>
internal sealed record TextRun(int Status, string Output, string Errors)
{
    /// <summary>Runs one of ours on an input that cannot seek, as a pipe's.</summary>
    public static TextRun Ours(TextMain main, string[] words, byte[] input, int troubleStatus = 1, string writeFailure = "write error", Stream? output = null)
    {
        using MemoryStream memory = new();
        using StringWriter errors = new();
        using PipeEnd pipe = new(input);
        int status = new JobConsole(TextReader.Null, new StringWriter(), errors).Run(
            arguments => new TextProgram(words[0], pipe, output ?? memory) { TroubleStatus = troubleStatus, WriteFailure = writeFailure }.Run(main, arguments), words[1..]);
        return new TextRun(status, Encoding.Latin1.GetString(memory.ToArray()), errors.ToString());
    }

    /// <summary>Runs the host's program in the C locale.</summary>
    public static TextRun Hosts(string[] words, byte[] input)
    {
        ProcessStartInfo start = new(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using MemoryStream output = new();
        Task copied = process.StandardOutput.BaseStream.CopyToAsync(output);
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it read everything, as head does.
        }

        copied.Wait();
        process.WaitForExit();
        return new TextRun(process.ExitCode, Encoding.Latin1.GetString(output.ToArray()), errors.Result);
    }

    /// <summary>Splits a line at blanks; single quotes hold words together, and <c>\n</c> in them is a newline.</summary>
    public static string[] Split(string line)
    {
        List<string> words = [];
        StringBuilder? word = null;
        bool isQuoted = false;
        foreach (char c in line)
        {
            if (c == '\'')
            {
                isQuoted = !isQuoted;
                word ??= new StringBuilder();
            }
            else if (c == ' ' && !isQuoted)
            {
                words.AddRange(word is null ? [] : [word.ToString()]);
                word = null;
            }
            else
            {
                (word ??= new StringBuilder()).Append(c);
            }
        }

        return [.. words, .. (string[])(word is null ? [] : [word.ToString()])];
    }

    /// <summary>A stream of bytes that can only be read.</summary>
    private sealed class PipeEnd(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;
    }
}
