@echo off
rem Sets up Vielfalt from this folder, without a network: double-click.
chcp 65001 >nul
set PYTHONUTF8=1
cd /d "%~dp0"
if not exist install.py (
  echo Entpacken Sie zuerst das ganze Archiv. / Unpack the whole archive first.
  pause
  exit /b 1
)
set /p WANTED=<python-version.txt
py -%WANTED% -c "" 2>nul
if errorlevel 1 (python install.py) else (py -%WANTED% install.py)
pause
