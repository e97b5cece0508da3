namespace KernelSockets.Vfs.Dev;

/// <summary>
/// A terminal with POSIX's line discipline (XBD chapter 11), as Linux's N_TTY does it: between the devices and whoever reads or writes.
/// </summary>
/// <remarks>
/// <see cref="Input"/> is called by the console's task with what keyboard and serial line deliver; everything else by any task. The input
/// lock
/// (<c>_gate</c>) protects settings, queue and editing; output has a lock of its own, so that Ctrl-C works while output crawls. The task
/// that
/// calls <see cref="Input"/> must not be the one that empties the output device, since the echo waits for it.
/// </remarks>
public sealed class Terminal : ITerminal
{
    private const int TenthsPerSecond = 10;

    private readonly Lock _gate = new();
    private readonly WaitQueue _readers;
    private readonly Clock _clock;
    private readonly TerminalInputQueue _queue = new();
    private readonly TerminalWriter _writer;
    private readonly TerminalEcho _echo;
    private readonly TerminalEditor _editor;
    private readonly TerminalAnswers _answers = new();
    private TerminalSize _size = TerminalSize.Default;
    private Termios? _beforeRaw;
    private bool _isHungUp;

    /// <summary>A terminal with <see cref="Termios.Default"/> settings.</summary>
    /// <param name="output">The devices that show its output.</param>
    /// <param name="queues">Makes the queue that readers wait in.</param>
    /// <param name="clock">Times VTIME.</param>
    public Terminal(TerminalOutput output, IWaitQueueFactory queues, Clock clock)
    {
        ArgumentNullException.ThrowIfNull(queues);
        _readers = queues.Create("tty");
        _clock = clock;
        _writer = new TerminalWriter(output);
        _echo = new TerminalEcho(_writer);
        _editor = new TerminalEditor(_queue, _echo);
    }

    /// <summary>Called on the task of <see cref="Input"/>, no lock held, after VINTR or VQUIT was typed. Set once, before any
    /// input.</summary>
    public Action? Interrupted { get; set; }

    /// <summary>
    /// Says whether the calling task may read: one of a background job may not (POSIX XBD 11.1.4) and waits until it may, as if SIGTTIN had stopped it. Called with
    /// the input lock held; null for everybody. Set once, before anybody reads.
    /// </summary>
    public Func<bool>? MayRead { get; set; }

    /// <summary>Notified when there is something to read.</summary>
    public PollSource Readable { get; } = new();

    /// <summary>Input bytes lost because the queue was full.</summary>
    public long Dropped
    {
        get
        {
            lock (_gate)
            {
                return _queue.Dropped;
            }
        }
    }

    /// <summary>Bytes that a read would get without waiting (FIONREAD).</summary>
    public int Available
    {
        get
        {
            lock (_gate)
            {
                return _queue.CommittedCount;
            }
        }
    }

    /// <summary>The settings (TCGETS, TCSETS). Setting them discards nothing; see <see cref="Flush"/>.</summary>
    public Termios Termios
    {
        get
        {
            lock (_gate)
            {
                return _editor.Termios;
            }
        }

        set
        {
            lock (_gate)
            {
                Apply(value);
            }
        }
    }

    /// <summary>The size (TIOCGWINSZ, TIOCSWINSZ).</summary>
    public TerminalSize Size
    {
        get
        {
            lock (_gate)
            {
                return _size;
            }
        }

        set
        {
            lock (_gate)
            {
                _size = value;
            }
        }
    }

    /// <inheritdoc/>
    public int Columns => Math.Max(1, (int)Size.Columns);

    /// <inheritdoc/>
    public int Rows => Math.Max(1, (int)Size.Rows);

    /// <inheritdoc/>
    public int CursorColumn => _writer.Column;

    /// <inheritdoc/>
    public bool IsRaw
    {
        get
        {
            lock (_gate)
            {
                return _beforeRaw is not null;
            }
        }

        set
        {
            lock (_gate)
            {
                SetRaw(value);
            }
        }
    }

    /// <summary>Goes back to <see cref="Termios.Default"/>: after a program that changed the settings has died.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _beforeRaw = null;
            Apply(Termios.Default);
        }
    }

    /// <summary>Discards the input that nobody has read (TCFLSH, and what TCSETSF adds to TCSETS).</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _queue.Clear();
        }
    }

    /// <summary>True once the other end is gone.</summary>
    public bool IsHungUp => Volatile.Read(ref _isHungUp);

    /// <summary>
    /// The other end is gone, for good (POSIX XBD 11.1.10): whoever reads gets what is there, then the end of input; writing is <see cref="Errno.EIO"/>.
    /// </summary>
    public void HangUp()
    {
        lock (_gate)
        {
            Volatile.Write(ref _isHungUp, true);
            _readers.WakeAll();
            Readable.Notify(PollEvents.Readable | PollEvents.HangUp);
        }
    }

    /// <summary>What <see cref="MayRead"/> says has changed.</summary>
    public void WakeReaders()
    {
        lock (_gate)
        {
            _readers.WakeAll();
        }
    }

    /// <summary>Takes bytes from keyboard or line: edits, echoes, wakes readers. Called by the console's task.</summary>
    /// <param name="bytes">Any number, in any pieces.</param>
    public void Input(ReadOnlySpan<byte> bytes)
    {
        TakeInput(bytes);
        DeliverAnswers();
    }

    /// <summary>
    /// Takes what the screen answers to a query in the output (DSR, DA), as if it had been typed. The one member that may be called from
    /// within
    /// <see cref="TerminalOutput.Write"/>: the bytes are kept until the write is over, since input takes its lock before the output's.
    /// </summary>
    /// <param name="bytes">A few; what exceeds <see cref="TerminalAnswers.Capacity"/> is dropped.</param>
    public void Answer(ReadOnlySpan<byte> bytes) => _answers.Add(bytes);

    private void DeliverAnswers()
    {
        Span<byte> answers = stackalloc byte[TerminalAnswers.Capacity];
        for (int count = _answers.Take(answers); count > 0; count = _answers.Take(answers))
        {
            TakeInput(answers[..count]);
        }
    }

    private void TakeInput(ReadOnlySpan<byte> bytes)
    {
        bool isInterrupted;
        lock (_gate)
        {
            _echo.Begin(_editor.Termios.Output, Math.Max(1, (int)_size.Columns));
            foreach (byte value in bytes)
            {
                _editor.Receive(value);
            }

            _echo.Flush();
            isInterrupted = _editor.IsInterrupted;
            _editor.IsInterrupted = false;
            if (_queue.CommittedCount > 0)
            {
                _readers.WakeAll();
                Readable.Notify(PollEvents.Readable);
            }
        }

        if (isInterrupted)
        {
            Interrupted?.Invoke();
        }
    }

    /// <summary>Reads as the settings say: a line, or bytes by VMIN and VTIME.</summary>
    /// <param name="destination">Gets the bytes.</param>
    /// <param name="deadline">When to give up; <see cref="Instant.Zero"/> never waits.</param>
    /// <returns>A count, 0 for the end of input or when VTIME has passed; <see cref="Errno.ETIME"/> at the deadline with nothing
    /// read; <see cref="Errno.EINTR"/> when the job was interrupted with nothing read.</returns>
    public IoResult Read(Span<byte> destination, Instant deadline)
    {
        if (destination.IsEmpty)
        {
            return IoResult.Ok(0);
        }

        lock (_gate)
        {
            while (true)
            {
                if (!_isHungUp && MayRead?.Invoke() == false)
                {
                    Errno stopped = _readers.Wait(_gate, deadline);
                    if (stopped != Errno.Success)
                    {
                        return stopped;
                    }

                    continue;
                }

                if (!_editor.Termios.Has(LocalModes.ICANON))
                {
                    return ReadRaw(destination, deadline);
                }

                if (_queue.CommittedCount > 0)
                {
                    return IoResult.Ok(_queue.TakeLine(destination));
                }

                if (_isHungUp)
                {
                    return IoResult.Ok(0);
                }

                Errno error = _readers.Wait(_gate, deadline);
                if (error != Errno.Success && _queue.CommittedCount == 0)
                {
                    return error;
                }
            }
        }
    }

    /// <inheritdoc/>
    /// <returns>Also <see cref="Errno.EIO"/> when it is hung up.</returns>
    public IoResult Write(ReadOnlySpan<byte> source)
    {
        if (IsHungUp)
        {
            return Errno.EIO;
        }

        OutputModes modes;
        int columns;
        lock (_gate)
        {
            modes = _editor.Termios.Output;
            columns = Math.Max(1, (int)_size.Columns);
        }

        _writer.Write(source, modes, columns);
        DeliverAnswers();
        return IoResult.Ok(source.Length);
    }

    /// <summary>POSIX XBD 11.1.7: the four cases of MIN and TIME.</summary>
    private IoResult ReadRaw(Span<byte> destination, Instant deadline)
    {
        int least = Math.Min((int)_editor.Termios[ControlCharacter.VMIN], destination.Length);
        TimeSpan time = TimeSpan.FromSeconds((double)_editor.Termios[ControlCharacter.VTIME] / TenthsPerSecond);
        int count = _queue.Take(destination);
        Instant timeout = time > TimeSpan.Zero && (count > 0 || least == 0) ? _clock.Now + time : Instant.Never;
        if (least == 0 && time == TimeSpan.Zero)
        {
            return IoResult.Ok(count);
        }

        while (count < Math.Max(1, least) && !_isHungUp)
        {
            Errno error = _readers.Wait(_gate, Instant.Min(deadline, timeout));
            int more = _queue.Take(destination[count..]);
            count += more;
            if (error != Errno.Success && more == 0)
            {
                bool isTimeout = error == Errno.ETIME && timeout <= deadline;
                return count > 0 || isTimeout ? IoResult.Ok(count) : error;
            }

            timeout = more > 0 && time > TimeSpan.Zero ? _clock.Now + time : timeout;
        }

        return IoResult.Ok(count);
    }

    private void SetRaw(bool isRaw)
    {
        if (isRaw == _beforeRaw is not null)
        {
            return;
        }

        if (_beforeRaw is { } before)
        {
            _beforeRaw = null;
            Apply(before);
            return;
        }

        Termios raw = _editor.Termios;
        _beforeRaw = raw;
        raw.Input = (raw.Input & ~(InputModes.INLCR | InputModes.IGNCR)) | InputModes.ICRNL;
        raw.Output |= OutputModes.OPOST | OutputModes.ONLCR;
        raw.Local &= ~(LocalModes.ISIG | LocalModes.ICANON | LocalModes.ECHO | LocalModes.ECHONL | LocalModes.IEXTEN);
        raw[ControlCharacter.VMIN] = 1;
        raw[ControlCharacter.VTIME] = 0;
        Apply(raw);
    }

    /// <summary>Changes the settings; readers look anew, since what they may get has changed.</summary>
    private void Apply(Termios termios)
    {
        _editor.Apply(termios);
        _readers.WakeAll();
    }
}
